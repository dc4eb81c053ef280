import { Link } from "wouter";
import { t } from "../i18n/words";
import { Icon } from "./icons";

interface Props {
  words: string;
  to: string; // the part of the help page that says more
}

// A short explanation where it is needed, and the way to the long one.
export const Explain = ({ words, to }: Props) => (
  <p className="explain-here">
    <Icon name="help" />
    <span>
      {words}{" "}
      <Link href={`/help#${to}`} className="more-help">
        {t("help.more")}
      </Link>
    </span>
  </p>
);
