import { lazy, useState } from "react";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { client } from "../../api/client";
import { queryClient } from "../../api/queries";
import type { components } from "../../api/schema";
import { Button } from "../../design/button";
import { Card } from "../../design/card";
import { ConfirmDialog } from "../../design/confirm_dialog";
import { ErrorMessage } from "../../design/error_message";
import { IconButton } from "../../design/icon_button";
import { toast } from "../../design/toast";
import { t, type Word } from "../../i18n/words";
import { useUser } from "../../shell/session";

const GuardianDialog = lazy(() => import("./guardian_dialog"));

export type Guardian = components["schemas"]["Guardian"];
export type Event = "arrival" | "departure" | "absence";
export const events: [Event, Word][] = [
  ["arrival", "guardian.arrival"],
  ["departure", "guardian.departure"],
  ["absence", "guardian.absence"],
];

const guardiansOf = (card: string) =>
  queryOptions({
    queryKey: ["get", "/api/people/{nfc}/guardians", card],
    queryFn: async () => {
      const { data, response } = await client.GET("/api/people/{nfc}/guardians", {
        params: { path: { nfc: card } },
      });
      return { ...data!, tag: response.headers.get("ETag") ?? "" };
    },
    meta: { saysItself: true },
  });

// Who is told when this student comes, leaves or stays away. For administrators and advisers.
export function Guardians({ card }: { card: string }) {
  const { role } = useUser();
  return role === "teacher" ? null : <GuardianList card={card} />;
}

function GuardianList({ card }: { card: string }) {
  const query = guardiansOf(card);
  const { data, error, refetch } = useQuery(query);
  const [open, setOpen] = useState<Guardian | "new" | null>(null);
  const [leaving, setLeaving] = useState<Guardian | null>(null);
  const known = data?.guardians ?? [];
  const put = async (guardians: Guardian[]) => {
    await client.PUT("/api/people/{nfc}/guardians", {
      params: { path: { nfc: card } },
      headers: data?.tag ? { "If-Match": data.tag } : {},
      body: { guardians },
    });
    await queryClient.invalidateQueries({ queryKey: query.queryKey });
    toast(t("guardian.saved"));
  };
  const save = (said: Guardian) =>
    put(
      open === "new" ? [...known, said] : known.map((each) => (each.id === said.id ? said : each)),
    );
  return (
    <Card
      title={t("guardian.many")}
      actions={
        data &&
        known.length < data.most && (
          <Button icon="plus" onPress={() => setOpen("new")}>
            {t("guardian.add")}
          </Button>
        )
      }
    >
      <ErrorMessage error={data ? null : error} onRetry={() => void refetch()} />
      {data && known.length === 0 && <p className="nothing">{t("guardian.nobody")}</p>}
      {data && !data.mail && !data.phone && known.length > 0 && (
        <p className="soft">{t("guardian.no_way")}</p>
      )}
      <ul className="rows">
        {known.map((each) => (
          <li key={each.id} data-testid="guardian">
            <span className="who">
              {each.name}
              <small>{[each.mail, each.phone].filter(Boolean).join(" · ")}</small>
              <small>{toldOf(each)}</small>
            </span>
            <IconButton
              icon="edit"
              words={t("guardian.edit", { name: each.name })}
              onPress={() => setOpen(each)}
            />
            <IconButton
              icon="close"
              words={t("guardian.remove", { name: each.name })}
              onPress={() => setLeaving(each)}
            />
          </li>
        ))}
      </ul>
      {open && (
        <GuardianDialog
          guardian={open === "new" ? undefined : open}
          onSave={save}
          onClose={() => setOpen(null)}
        />
      )}
      {leaving && (
        <ConfirmDialog
          title={t("guardian.remove", { name: leaving.name })}
          action={t("guardian.remove_do")}
          bad
          onClose={() => setLeaving(null)}
          onConfirm={async () => {
            await put(known.filter((each) => each.id !== leaving.id));
            setLeaving(null);
          }}
        >
          <p>{t("guardian.remove_explain")}</p>
        </ConfirmDialog>
      )}
    </Card>
  );
}

function toldOf(guardian: Guardian) {
  const wanted = events.filter(([event]) => guardian[event]).map(([, words]) => t(words));
  return wanted.length > 0 ? t("guardian.told", { what: wanted.join(", ") }) : t("guardian.untold");
}
