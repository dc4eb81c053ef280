import { useState } from "react";
import { client, server } from "../../api/client";
import { stale } from "../../api/queries";
import { Badge } from "../../design/badge";
import { Button } from "../../design/button";
import { ConfirmDialog } from "../../design/confirm_dialog";
import { ErrorMessage } from "../../design/error_message";
import { Menu } from "../../design/menu";
import { Table, type Column } from "../../design/table";
import { toast } from "../../design/toast";
import { t } from "../../i18n/words";
import { useUser } from "../../shell/session";
import { AccountDialog } from "./account_dialog";
import { PasswordTold } from "./password_told";
import { roleTones, roleWords } from "./roles";

export const useAccounts = () => server.useQuery("get", "/api/admin/teachers");
export type Account = NonNullable<ReturnType<typeof useAccounts>["data"]>["data"][number];

type Doing = "edit" | "reset" | "remove";
interface Told {
  name: string;
  username: string;
  password: string;
}

// Everybody who signs in, what they may, and of which sections.
export function Staff() {
  const { data, error, refetch } = useAccounts();
  const { username } = useUser();
  const [adding, setAdding] = useState(false);
  const [doing, setDoing] = useState<{ what: Doing; account: Account } | null>(null);
  const [told, setTold] = useState<Told | null>(null);
  const close = () => setDoing(null);

  const remove = async ({ username: of, name }: Account) => {
    await client.DELETE("/api/admin/teachers/{username}", { params: { path: { username: of } } });
    toast(t("accounts.removed", { name }));
    await stale("/api/admin/teachers");
  };
  const reset = async ({ username: of, name }: Account) => {
    const { data: answer } = await client.POST("/api/admin/teachers/{username}/reset-password", {
      params: { path: { username: of } },
      body: { forceChange: true },
    });
    setTold({ name, username: of, password: answer!.password ?? "" });
  };

  return (
    <div className="page">
      <div className="headline">
        <p className="explain">{t("accounts.explain")}</p>
        <Button tone="main" icon="plus" onPress={() => setAdding(true)}>
          {t("accounts.add")}
        </Button>
      </div>
      <ErrorMessage error={data ? null : error} onRetry={() => void refetch()} />
      {data && (
        <section className="card" aria-label={t("accounts.staff")}>
          <Table
            label={t("accounts.staff")}
            rows={data.data}
            idOf={(each) => each.username}
            columns={columnsOf(username, (what, account) => setDoing({ what, account }))}
            sorting={{ column: "name", down: false }}
            onPress={(account) => setDoing({ what: "edit", account })}
            testId="account"
          />
        </section>
      )}
      {adding && <AccountDialog onTold={setTold} onClose={() => setAdding(false)} />}
      {doing?.what === "edit" && (
        <AccountDialog account={doing.account} onTold={setTold} onClose={close} />
      )}
      {doing?.what === "reset" && (
        <ConfirmDialog
          title={t("accounts.reset_ask", { name: doing.account.name })}
          action={t("accounts.reset")}
          onConfirm={() => reset(doing.account)}
          onClose={close}
        >
          <p>{t("accounts.reset_explain")}</p>
        </ConfirmDialog>
      )}
      {doing?.what === "remove" && (
        <ConfirmDialog
          title={t("accounts.remove_ask", { name: doing.account.name })}
          action={t("accounts.remove")}
          bad
          onConfirm={() => remove(doing.account)}
          onClose={close}
        >
          <p>{t("accounts.remove_explain")}</p>
        </ConfirmDialog>
      )}
      {told && <PasswordTold {...told} onClose={() => setTold(null)} />}
    </div>
  );
}

const sectionsText = (account: Account) =>
  account.role_type === "admin"
    ? t("section.all")
    : account.sections_handled.join(", ") || t("section.none");

const columnsOf = (
  own: string,
  onDo: (what: Doing, account: Account) => void,
): Column<Account>[] => [
  {
    id: "name",
    words: t("people.name"),
    sort: (each) => each.name,
    cell: (each) => (
      <>
        {each.name}
        <small className="account-name">{each.username}</small>
      </>
    ),
  },
  {
    id: "role",
    words: t("accounts.role"),
    sort: (each) => each.role_type,
    cell: (each) => <Badge tone={roleTones[each.role_type]}>{t(roleWords[each.role_type])}</Badge>,
  },
  {
    id: "sections",
    words: t("section.many"),
    wide: true,
    sort: sectionsText,
    cell: sectionsText,
  },
  {
    id: "state",
    words: t("accounts.password"),
    wide: true,
    cell: (each) => (
      <span className="soft">
        {each.forcePasswordChange ? t("accounts.must_change") : t("accounts.own_password")}
      </span>
    ),
  },
  {
    id: "act",
    words: t("accounts.change"),
    end: true,
    cell: (each) => (
      <Menu
        iconOnly
        words={t("accounts.change_one", { name: each.name })}
        items={[
          {
            id: "edit",
            words: t("accounts.edit"),
            icon: "edit",
            onAction: () => onDo("edit", each),
          },
          {
            id: "reset",
            words: t("accounts.reset"),
            disabled: each.username === own,
            onAction: () => onDo("reset", each),
          },
          {
            id: "remove",
            words: t("accounts.remove"),
            bad: true,
            disabled: each.username === own,
            onAction: () => onDo("remove", each),
          },
        ]}
      />
    ),
  },
];
