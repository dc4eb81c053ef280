// What went wrong when the server was asked, in words that can be shown to staff.
import { t } from "../i18n/words";
import { sentence } from "./said";

export class Problem extends Error {
  constructor(
    message: string,
    readonly status: number, // 0: nobody answered
  ) {
    super(message);
  }
}

// There is no session, or it has ended.
export class SignedOut extends Problem {
  constructor() {
    super(t("problem.signed_out"), 401);
  }
}

export const unreachable = () => new Problem(t("problem.unreachable"), 0);

// From problem details (RFC 9457), as the server sends them.
export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => ({}));
  const { error, detail } = (body ?? {}) as { error?: unknown; detail?: unknown };
  const said = [detail, error].find((each) => typeof each === "string" && each !== "");
  return new Problem(
    typeof said === "string" ? sentence(said) : t("problem.status", { status: response.status }),
    response.status,
  );
}

export const isOffline = (error: unknown) => error instanceof Problem && error.status === 0;

export const messageOf = (error: unknown) =>
  error instanceof Error ? error.message : String(error);
