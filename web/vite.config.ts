import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

// `npm run dev` shows the pages of a TamTap that runs on this machine.
const server = process.env.TAMTAP_URL ?? "http://127.0.0.1:3000";

export default defineConfig({
  plugins: [preact()],
  build: {
    outDir: "../build/web",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the content security policy wants files
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      "/api": server,
      "/photos": server,
      "/socket.io": { target: server, ws: true },
    },
  },
});
