// What a day is, and what becomes of a tap on it.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, type ReactNode } from "react";
import { client } from "../../api/client";
import { Card } from "../../design/card";
import { Badge, type Tone } from "../../design/badge";
import { t } from "../../i18n/words";
import { longDay } from "../../words";
import { dayWords, isOn, type CalendarDay, type Entry } from "./entries";

const tones: Record<CalendarDay["status"], Tone> = {
  instructional: "good",
  suspension: "bad",
  "no-class": "excused",
  weekend: "plain",
  "saturday-makeup": "waiting",
};

// "07:00" and 20: "07:20".
export function after(start: string, minutes: number): string {
  const [hour, minute] = start.split(":").map(Number);
  const all = hour * 60 + minute + minutes;
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(all / 60) % 24)}:${two(all % 60)}`;
}

// null while it is asked for, and for the whole school.
function useHours(section: string) {
  const { data } = useQuery({
    queryKey: ["get", "/api/schedules/{section}", section],
    queryFn: async () => {
      const { data } = await client.GET("/api/schedules/{section}", {
        params: { path: { section } },
      });
      return data!.data;
    },
    enabled: section !== "",
    meta: { saysItself: true },
  });
  return data ?? null;
}

const stacked = "(max-width: 1099px)"; // as in calendar.css

interface Props {
  day: CalendarDay;
  section: string;
  entries: Entry[];
  children?: ReactNode; // what can be done
}

export function DayMeaning({ day, section, entries, children }: Props) {
  const hours = useHours(section);
  const box = useRef<HTMLDivElement>(null);
  const shown = useRef(day.date);
  useEffect(() => {
    if (shown.current === day.date) return;
    shown.current = day.date;
    // On a phone it stands below the month, out of sight.
    if (matchMedia(stacked).matches) box.current?.scrollIntoView({ block: "nearest" });
  }, [day.date]);
  const own = entries.filter((each) => each.section !== "" && isOn(each, day.date));
  return (
    <div className="meaning-box" data-testid="meaning" aria-live="polite" ref={box}>
      <Card title={longDay(day.date)}>
        <div className="meaning">
          <Badge tone={tones[day.status]}>{t(dayWords[day.status])}</Badge>
          {day.reason !== "" && (
            <p>
              <strong>{day.reason}</strong>
            </p>
          )}
          <p>{taps(day, section, hours)}</p>
          {section === "" &&
            own.map((each) => (
              <p key={each.id} className="soft">
                {t("calendar.but", { section: each.section, why: each.reason })}
              </p>
            ))}
          {children && <div className="meaning-actions">{children}</div>}
        </div>
      </Card>
    </div>
  );
}

interface Hours {
  grace_period_minutes: number;
  absent_threshold_minutes: number;
}

function taps(day: CalendarDay, section: string, hours: Hours | null): string {
  if (!day.isInstructional) return t("calendar.taps_refused");
  if (section === "" || hours === null || !day.start) return t("calendar.taps_own_hours");
  return t("calendar.taps", {
    start: day.start,
    end: day.end ?? "",
    grace: after(day.start, hours.grace_period_minutes),
    absent: after(day.start, hours.absent_threshold_minutes),
  });
}
