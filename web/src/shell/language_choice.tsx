import { currentLanguage, languages, nameOf, t } from "../i18n/words";

interface Props {
  onLanguage: (language: string) => void;
}

export const LanguageChoice = ({ onLanguage }: Props) => (
  <label className="language">
    <span className="sr-only">{t("tools.language")}</span>
    <select value={currentLanguage()} onChange={(event) => onLanguage(event.currentTarget.value)}>
      {languages.map((each) => (
        <option key={each} value={each} lang={each}>
          {nameOf(each)}
        </option>
      ))}
    </select>
  </label>
);
