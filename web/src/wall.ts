// Wall mode: the page for a screen in the hall. `?wall` in the address, or the button.
import { useEffect, useState } from "preact/hooks";

const asked = () => new URLSearchParams(location.search).has("wall");

export function useWall(): [boolean, () => void] {
  const [wall, setWall] = useState(asked);

  const toggle = () => {
    history.replaceState(null, "", location.pathname + (wall ? "" : "?wall"));
    setWall(!wall);
    // Without leave to fill the screen, the page fills its window: as good.
    if (!wall) document.documentElement.requestFullscreen?.().catch(() => undefined);
    else if (document.fullscreenElement) void document.exitFullscreen();
  };

  useEffect(() => {
    document.documentElement.classList.toggle("wall", wall);
    if (!wall) return;
    const leave = (event: KeyboardEvent) => {
      if (event.key === "Escape") toggle();
    };
    addEventListener("keydown", leave);
    return () => removeEventListener("keydown", leave);
  }, [wall]);

  return [wall, toggle];
}
