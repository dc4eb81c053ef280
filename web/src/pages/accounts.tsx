import { useLocation, useParams } from "wouter";
import { PageHeader } from "../design/page_header";
import { Tabs } from "../design/tabs";
import { t } from "../i18n/words";
import { useUser } from "../shell/session";
import "../styles/accounts.css";
import { Own } from "./accounts/own";
import { Staff } from "./accounts/staff";

// Administrators see to all accounts, everybody to their own.
export default function Accounts() {
  const { admin } = useUser();
  const { part = "" } = useParams<{ part?: string }>();
  const [, go] = useLocation();
  return (
    <div className="page">
      <PageHeader title={admin ? t("nav.accounts") : t("accounts.own")} />
      {admin ? (
        <Tabs
          label={t("nav.accounts")}
          chosen={part === "own" ? "own" : "staff"}
          onChoose={(id) => go(id === "own" ? "/accounts/own" : "/accounts")}
          tabs={[
            { id: "staff", words: t("accounts.staff"), content: <Staff /> },
            { id: "own", words: t("accounts.own"), content: <Own /> },
          ]}
        />
      ) : (
        <Own />
      )}
    </div>
  );
}
