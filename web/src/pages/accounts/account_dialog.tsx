import { useState } from "react";
import { client, server } from "../../api/client";
import { stale } from "../../api/queries";
import { Checkbox } from "../../design/checkbox";
import { Choice } from "../../design/choice";
import { Dialog } from "../../design/dialog";
import { DialogForm } from "../../design/dialog_form";
import { TextField } from "../../design/text_field";
import { toast } from "../../design/toast";
import { t } from "../../i18n/words";
import type { Role } from "../../types";
import { roleExplained, roleWords } from "./roles";
import type { Account } from "./staff";

interface Props {
  account?: Account; // without: a new one
  onTold: (told: { name: string; username: string; password: string }) => void;
  onClose: () => void;
}

const roles: Role[] = ["teacher", "adviser", "admin"];

// Who somebody is, what they may, and of which sections. A new one is given a password, told once.
export function AccountDialog({ account, onTold, onClose }: Props) {
  const [username, setUsername] = useState(account?.username ?? "");
  const [name, setName] = useState(account?.name ?? "");
  const [email, setEmail] = useState(account?.email ?? "");
  const [role, setRole] = useState<Role>(account?.role_type ?? "teacher");
  const [sections, setSections] = useState<string[]>(account?.sections_handled ?? []);
  const [tried, setTried] = useState(false);
  const missing = username.trim() === "" ? t("accounts.username_missing") : "";

  const save = async () => {
    const body = {
      name: name.trim(),
      email: email.trim(),
      role_type: role,
      sections_handled: role === "admin" ? [] : sections,
    };
    if (account) {
      const path = { username: account.username };
      await client.PUT("/api/admin/teachers/{username}", { params: { path }, body });
      toast(t("accounts.saved", { name: body.name || account.username }));
    } else {
      const wanted = username.trim();
      const { data } = await client.POST("/api/admin/teachers", {
        body: { ...body, username: wanted },
      });
      onTold({
        name: data!.data.name,
        username: data!.data.username,
        password: data!.password ?? "",
      });
    }
    await stale("/api/admin/teachers");
    onClose();
  };
  const send = () => {
    setTried(true);
    return missing === "" ? save() : undefined;
  };

  return (
    <Dialog
      title={account ? t("accounts.edit_title", { name: account.name }) : t("accounts.add")}
      onClose={onClose}
      keepOpen
    >
      <DialogForm
        action={account ? t("settings.save") : t("accounts.add_do")}
        onSend={send}
        onClose={onClose}
        noValidate
        testId="account-form"
      >
        {!account && (
          <TextField
            label={t("sign_in.name")}
            value={username}
            explain={t("accounts.username_explain")}
            error={tried ? missing : ""}
            autoComplete="off"
            autoFocus
            onChange={setUsername}
          />
        )}
        <TextField label={t("people.name")} value={name} autoComplete="off" onChange={setName} />
        <TextField
          label={t("accounts.email")}
          type="email"
          value={email}
          autoComplete="off"
          onChange={setEmail}
        />
        <Choice
          label={t("accounts.role")}
          value={role}
          options={roles.map((each) => ({ value: each, words: t(roleWords[each]) }))}
          onChange={(value) => setRole(value as Role)}
        />
        <p className="soft">{t(roleExplained[role])}</p>
        {role !== "admin" && <SectionBoxes chosen={sections} onChange={setSections} />}
      </DialogForm>
    </Dialog>
  );
}

interface BoxesProps {
  chosen: string[];
  onChange: (sections: string[]) => void;
}

function SectionBoxes({ chosen, onChange }: BoxesProps) {
  const { data } = server.useQuery("get", "/api/admin/sections");
  const known = (data?.data ?? []).map((each) => each.name).filter(Boolean);
  const all = [...new Set([...known, ...chosen])];
  return (
    <fieldset className="section-boxes">
      <legend>{t("section.many")}</legend>
      {all.map((each) => (
        <Checkbox
          key={each}
          words={each}
          isSelected={chosen.includes(each)}
          onChange={(on) =>
            onChange(on ? [...chosen, each] : chosen.filter((other) => other !== each))
          }
        />
      ))}
      {all.length === 0 && <p className="nothing">{t("section.empty")}</p>}
    </fieldset>
  );
}
