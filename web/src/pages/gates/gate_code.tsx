import { useMemo, useState } from "react";
import { encode } from "uqr";
import { Icon } from "../../components/icons";
import { Button } from "../../design/button";
import { t } from "../../i18n/words";
import { useSchool } from "../../shell/school";

interface Props {
  gate: string;
  code: string;
  expires: string; // as the school's clocks have it
}

const isLocal = (host: string) => /^(localhost|127\.|\[::1\])/.test(host);

// How the gate comes in: a code to type, or a picture that a phone reads; and whether it has.
export function GateCode({ gate, code, expires }: Props) {
  const { state } = useSchool();
  const here = state.terminals.some((each) => each.name === gate && each.online);
  const command = `sudo tamtap setup --role gate --server ${location.origin} --token ${code} --reader pcsc --start`;
  return (
    <div className="gate-code">
      <Picture text={command} />
      <div className="gate-code-words">
        <p>{t("gates.code_explain", { time: expires.slice(11, 16) })}</p>
        <p className="code" data-testid="code" translate="no">
          {code}
        </p>
        <p>{t("gates.command_explain")}</p>
        <Command text={command} />
        {isLocal(location.host) && <p className="warning-line">{t("gates.local_address")}</p>}
      </div>
      <p className={here ? "arrived arrived-here" : "arrived"} role="status" data-here={here}>
        <Icon name={here ? "tick" : "bell"} />
        {here ? t("gates.is_here", { gate }) : t("gates.not_here", { gate })}
      </p>
    </div>
  );
}

function Picture({ text }: { text: string }) {
  const { path, size } = useMemo(() => {
    const { data, size } = encode(text, { ecc: "M", border: 2 });
    const path = data
      .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")))
      .join("");
    return { path, size };
  }, [text]);
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={t("gates.picture")}
      shapeRendering="crispEdges"
      data-testid="qr"
    >
      <path d={path} />
    </svg>
  );
}

// Selected by a press where the browser gives no clipboard, as on a page without TLS.
function Command({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <div className="command">
      <code data-testid="command" tabIndex={0}>
        {text}
      </code>
      {"clipboard" in navigator && (
        <Button onPress={() => void copy()}>{copied ? t("act.copied") : t("act.copy")}</Button>
      )}
    </div>
  );
}
