// Light or dark: as the device has it, until somebody chooses; a choice is kept on the device.
import { useEffect, useState } from "preact/hooks";

export type Theme = "light" | "dark";

const key = "tamtap.theme";
const device = matchMedia("(prefers-color-scheme: dark)");

const ofDevice = (): Theme => (device.matches ? "dark" : "light");

function chosen(): Theme | null {
  try {
    const value = localStorage.getItem(key);
    return value === "light" || value === "dark" ? value : null;
  } catch {
    return null; // storage is switched off: the device's colours then
  }
}

function keep(theme: Theme) {
  try {
    if (theme === ofDevice()) localStorage.removeItem(key);
    else localStorage.setItem(key, theme);
  } catch {
    // storage is switched off: the choice lasts as long as the page
  }
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
    keep(next);
    setTheme(next);
  };
  return [theme, toggle];
}
