import { useState } from "preact/hooks";
import * as api from "../api";
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
        <img src="/tamaraw.svg" alt="" width="72" height="72" />
        <h1>TamTap</h1>
        <p>Who is here today, as it happens.</p>
        <label>
          Name
          <input name="username" autocomplete="username" required autofocus />
        </label>
        <label>
          Password
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        <p class="error" role="alert">
          {error}
        </p>
        <button type="submit" disabled={busy}>
          {busy ? "One moment…" : "Sign in"}
        </button>
      </form>
    </main>
  );
}
