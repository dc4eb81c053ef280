// Whether an administrator is shown the guide. Here, so that the guide itself is fetched only then.
import { kept } from "../../kept";
import type { State } from "../../state";

export const guideAway = "tamtap.guide"; // kept on the device of who put it away

export function stepsDone(state: State) {
  return {
    people: (state.summary?.totalStudents ?? 0) > 0,
    gate: state.terminals.some((each) => each.last_seen !== ""),
    tapped: state.arrivals.size > 0 || state.terminals.some((each) => each.confirmed > 0),
  };
}

export function needsGuide(state: State): boolean {
  const { people, gate, tapped } = stepsDone(state);
  return state.loaded && !(people && gate && tapped) && kept(guideAway) !== "away";
}
