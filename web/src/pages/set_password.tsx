// A password of one's own: when somebody else has set it, and for the first administrator.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import * as api from "../api";
import { Mark } from "../components/mark";
import { go } from "../route";
import type { User } from "../types";

interface FormProps {
  title: string;
  words: string;
  label: string;
  children: ComponentChildren;
  send: (form: FormData) => Promise<void>;
}

function PasswordForm({ title, words, label, children, send }: FormProps) {
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    if (form.get("password") !== form.get("again")) {
      setError("The two new passwords are not the same.");
      return;
    }
    setBusy(true);
    setError("");
    try {
      await send(form);
    } catch (failure) {
      setError((failure as Error).message);
      setBusy(false);
    }
  };

  return (
    <main class="sign-in">
      <form data-testid="password-form" onSubmit={submit}>
        <Mark />
        <h1>{title}</h1>
        <p>{words}</p>
        {children}
        <label class="field">
          <span>New password</span>
          <input name="password" type="password" autocomplete="new-password" required />
        </label>
        <label class="field">
          <span>The same once more</span>
          <input name="again" type="password" autocomplete="new-password" required />
        </label>
        <p class="error" role="alert" data-testid="password-error">
          {error}
        </p>
        <button type="submit" class="primary" disabled={busy}>
          {busy ? "One moment…" : label}
        </button>
      </form>
    </main>
  );
}

export function SetPassword({ user, onSet }: { user: User; onSet: (user: User) => void }) {
  return (
    <PasswordForm
      title="A password of your own"
      words="Somebody else has set your password. Choose another one, of at least 8 characters."
      label="Set the password"
      send={async (form) => {
        await api.changePassword(String(form.get("current")), String(form.get("password")));
        onSet({ ...user, mustChange: false });
      }}
    >
      <label class="field">
        <span>The password that you were given</span>
        <input name="current" type="password" autocomplete="current-password" required autofocus />
      </label>
    </PasswordForm>
  );
}

export function FirstAdmin({
  token,
  onSignedIn,
}: {
  token: string;
  onSignedIn: (user: User) => void;
}) {
  return (
    <PasswordForm
      title="The first administrator"
      words="Choose the name and the password of the account that sees to all the others."
      label="Make the account"
      send={async (form) => {
        const [name, password] = [String(form.get("username")), String(form.get("password"))];
        await api.firstAdmin(token, name, password);
        onSignedIn(await api.signIn(name, password));
        go("/", true);
      }}
    >
      <label class="field">
        <span>User name</span>
        <input
          name="username"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          required
          autofocus
        />
      </label>
    </PasswordForm>
  );
}
