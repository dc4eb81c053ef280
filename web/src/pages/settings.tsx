import { Icon, type IconName } from "../components/icons";
import { ErrorMessage } from "../design/error_message";
import { PageHeader } from "../design/page_header";
import { Progress } from "../design/progress";
import { t } from "../i18n/words";
import "../styles/settings.css";
import { groups, kindOf, type Known } from "./settings/known";
import { Outbox } from "./settings/outbox";
import { SettingRow } from "./settings/setting_row";
import { useChange, useSettings, type Setting } from "./settings/use_settings";

// What the school has decided, for all gates and pages.
export default function Settings() {
  const { data, error, refetch } = useSettings();
  const known = new Set(groups.flatMap((group) => group.settings.map((each) => each.key)));
  const settings = data?.settings ?? [];
  const find = (key: string) => settings.find((each) => each.key === key);
  const others = settings.filter((each) => !known.has(each.key));
  return (
    <div className="page">
      <PageHeader title={t("nav.settings")} />
      <p className="explain">{t("settings.explain")}</p>
      <ErrorMessage error={data ? null : error} onRetry={() => void refetch()} />
      {!data && !error && <Progress words={t("page.loading")} />}
      <div className="settings">
        {groups.map((group) => {
          const shown = group.settings
            .map((each): [Known, Setting | undefined] => [each, find(each.key)])
            .filter((each): each is [Known, Setting] => each[1] !== undefined);
          return (
            shown.length > 0 && (
              <Group key={group.id} words={t(group.words)} icon={group.icon}>
                {shown.map(([each, setting]) => (
                  <Row
                    key={each.key}
                    setting={setting}
                    words={t(each.words)}
                    explain={t(each.explain)}
                    kind={each.kind}
                  />
                ))}
              </Group>
            )
          );
        })}
        {others.length > 0 && (
          <Group words={t("settings.others")} icon="settings">
            {others.map((each) => (
              <Row
                key={each.key}
                setting={each}
                words={each.key}
                explain={`${each.help}. ${each.takes}`}
                kind={kindOf(each.value)}
              />
            ))}
          </Group>
        )}
      </div>
      {data && <Outbox />}
    </div>
  );
}

type RowProps = Omit<Parameters<typeof SettingRow>[0], "onChange">;

function Row(props: RowProps) {
  const change = useChange();
  return <SettingRow {...props} onChange={(value) => change(props.setting.key, value)} />;
}

interface GroupProps {
  words: string;
  icon: IconName;
  children: React.ReactNode;
}

const Group = ({ words, icon, children }: GroupProps) => (
  <section className="card setting-group" aria-label={words}>
    <h2>
      <Icon name={icon} /> {words}
    </h2>
    <ul>{children}</ul>
  </section>
);
