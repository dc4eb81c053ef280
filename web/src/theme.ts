// Light or dark: as the device has it, until somebody chooses; a choice is kept on the device.
import { useEffect, useState } from "react";
import { keep, kept } from "./kept";

export type Theme = "light" | "dark";

const key = "tamtap.theme";
const device = matchMedia("(prefers-color-scheme: dark)");

const ofDevice = (): Theme => (device.matches ? "dark" : "light");

function chosen(): Theme | null {
  const value = kept(key);
  return value === "light" || value === "dark" ? value : null;
}

export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState<Theme>(() => chosen() ?? ofDevice());
  useEffect(() => {
    const update = () => setTheme(chosen() ?? ofDevice());
    device.addEventListener("change", update);
    return () => device.removeEventListener("change", update);
  }, []);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  const toggle = () => {
    const next = theme === "dark" ? "light" : "dark";
    keep(key, next === ofDevice() ? null : next);
    setTheme(next);
  };
  return [theme, toggle];
}
