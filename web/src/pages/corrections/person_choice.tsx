import { useState } from "react";
import { server } from "../../api/client";
import { ComboBox, least } from "../../design/combo_box";
import { t } from "../../i18n/words";
import type { Who } from "./marks";

interface Props {
  value: Who | null;
  error: string;
  onChange: (who: Who | null) => void;
}

// A student, searched by the server: a school has thousands.
export function PersonChoice({ value, error, onChange }: Props) {
  const [text, setText] = useState("");
  const typed = text.trim();
  const { data } = server.useQuery(
    "get",
    "/api/search",
    { params: { query: { q: typed } } },
    {
      enabled: typed.length >= least && typed !== value?.name,
      placeholderData: (before) => before,
    },
  );
  const students = (data?.data ?? []).filter((each) => each.type === "student");
  return (
    <ComboBox
      label={t("corrections.who")}
      placeholder={t("people.search")}
      items={students.map((each) => ({
        id: each.nfc_id,
        words: each.name,
        explain: [each.section, each.tamtap_id].filter(Boolean).join(" · "),
      }))}
      isSearched
      value={value?.nfc_id ?? ""}
      text={text}
      error={error}
      autoFocus
      onText={setText}
      onChange={(id) => {
        const found = students.find((each) => each.nfc_id === id);
        onChange(found ?? null);
        if (found) setText(found.name);
      }}
    />
  );
}
