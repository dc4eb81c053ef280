import { prefix } from "../place";

// The tamaraw: the small buffalo of Mindoro, with its straight, V-shaped horns. Between the horns, a
// tap's waves.
export function Mark() {
  return <img className="mark" src={`${prefix}/tamaraw.svg`} alt="" width="64" height="64" />;
}
