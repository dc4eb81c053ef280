import { useEffect, useState } from "react";

const timeNow = () => new Date().toTimeString().slice(0, 5);

export function Clock() {
  const [time, setTime] = useState(timeNow);
  useEffect(() => {
    const timer = setInterval(() => setTime(timeNow()), 1000);
    return () => clearInterval(timer);
  }, []);
  return <time className="clock">{time}</time>;
}
