import { client, server } from "../../api/client";
import { stale, useOptimistic } from "../../api/queries";
import { toast } from "../../design/toast";
import { t } from "../../i18n/words";

const options = server.queryOptions("get", "/api/admin/settings");

export const useSettings = () => server.useQuery("get", "/api/admin/settings");

export type Settings = NonNullable<ReturnType<typeof useSettings>["data"]>;
export type Setting = Settings["settings"][number];
export type Value = Setting["value"];

interface Change {
  key: string;
  value: Value;
}

// Holds from now on for all gates and pages; shown at once, and taken back if the server says no.
export function useChange() {
  const { mutateAsync } = useOptimistic<Settings, Change>({
    queryKey: options.queryKey,
    change: (known, { key, value }) => ({
      ...known,
      settings: known.settings.map((each) =>
        each.key === key ? { ...each, value, text: String(value), said: true } : each,
      ),
    }),
    saysItself: true,
    send: async ({ key, value }) => {
      await client.PUT("/api/admin/settings/{key}", { params: { path: { key } }, body: { value } });
      toast(t("settings.saved"));
      void stale("/api/calendar", "/api/stats", "/api/schedules", "/api/privacy");
      document.dispatchEvent(new Event("visibilitychange")); // what stands around every page, too
    },
  });
  return (key: string, value: Value) => mutateAsync({ key, value });
}
