import { useEffect, useState } from "react";
import { schoolTime } from "../school_clock";
import { useSchool } from "./school";

// The school's time, to the minute; again each second.
export function useSchoolTime(): string {
  const { clock } = useSchool().state;
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return schoolTime(clock, now);
}
