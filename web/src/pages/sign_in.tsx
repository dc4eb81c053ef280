import { useState } from "preact/hooks";
import * as api from "../api";
import { Mark } from "../components/mark";
import type { User } from "../types";

export function SignIn({ onSignedIn }: { onSignedIn: (user: User) => void }) {
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setError("");
    try {
      onSignedIn(await api.signIn(String(form.get("username")), String(form.get("password"))));
    } catch (failure) {
      setError((failure as Error).message);
      setBusy(false);
    }
  };

  return (
    <main class="sign-in">
      <form data-testid="login-form" onSubmit={submit}>
        <Mark />
        <h1>TamTap</h1>
        <p>Who is at school today, as they arrive.</p>
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
        <label class="field">
          <span>Password</span>
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        <p class="error" role="alert" data-testid="login-error">
          {error}
        </p>
        <button type="submit" class="primary" disabled={busy}>
          {busy ? "One moment…" : "Sign in"}
        </button>
      </form>
    </main>
  );
}
