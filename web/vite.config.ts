import optimizeLocales from "@react-aria/optimize-locales-plugin";
import { defineConfig } from "vitest/config";
import { compressed } from "./build/compressed.mjs";
import { serviceWorker } from "./build/service_worker.mjs";
import { words } from "./build/words.mjs";

export default defineConfig({
  base: "./", // the server says by <base> where the site begins
  esbuild: { jsx: "automatic" },
  plugins: [
    words(),
    serviceWorker(),
    compressed(),
    // React Aria says what it says itself in English; what a page says is in src/i18n.
    { ...optimizeLocales.vite({ locales: ["en-US"] }), enforce: "pre" },
  ],
  build: {
    target: "es2022",
    outDir: "../build/web",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the content security policy wants files
    modulePreload: { polyfill: false },
    rollupOptions: {
      onwarn: (warning, warn) => {
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning); // "use client" means nothing here
      },
    },
  },
  test: { setupFiles: ["src/i18n/for_tests.ts"] },
});
