import { useLocation } from "wouter";
import { IconButton } from "../design/icon_button";
import { t } from "../i18n/words";
import { LanguageChoice } from "./language_choice";
import { useUser } from "./session";

export interface Choices {
  theme: "light" | "dark";
  onTheme: () => void;
  onLanguage: (language: string) => void;
  onLeave: () => void;
}

// Colours, language, wall screen, leaving.
export function Tools({ theme, onTheme, onLanguage, onLeave }: Choices) {
  const { name } = useUser();
  const [, go] = useLocation();
  const toWall = () => {
    go("/wall");
    // Without leave to fill the screen, the page fills its window: as good.
    document.documentElement.requestFullscreen?.().catch(() => undefined);
  };
  return (
    <div className="tools">
      <IconButton
        icon={theme === "dark" ? "light" : "dark"}
        words={theme === "dark" ? t("tools.light") : t("tools.dark")}
        onPress={onTheme}
      />
      <IconButton icon="wall" words={t("tools.wall")} onPress={toWall} />
      <IconButton icon="leave" words={t("tools.leave", { name })} onPress={onLeave} />
      <LanguageChoice onLanguage={onLanguage} />
    </div>
  );
}
