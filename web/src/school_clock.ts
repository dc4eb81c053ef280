// The school's clock: the server's time in the school's time zone, since a screen on a wall may have
// another zone, and a clock that nobody has set. Pure.
export interface SchoolClock {
  zone: string; // an IANA name; "" until the server has said it: the device's own
  ahead: number; // milliseconds of the server's clock before the device's
}

// `at` is when the server's answer came, by the device's clock.
export function schoolClock(zone: string, localTime: string, at: number): SchoolClock {
  const then = Date.parse(localTime);
  return { zone, ahead: Number.isNaN(then) ? 0 : then - at };
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const options: Intl.DateTimeFormatOptions = {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  };
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone || undefined });
  } catch {
    // A zone that this browser does not know: its own is the best that there is.
    format = new Intl.DateTimeFormat("en-GB", options);
  }
  formats.set(zone, format);
  return format;
}

// "07:42" at the school, when the device's clock says `now`.
export const schoolTime = (clock: SchoolClock, now: number) =>
  formatOf(clock.zone).format(now + clock.ahead);
