import { expect, test } from "vitest";
import { arrival } from "../../samples";
import type { Student } from "../../types";
import { inOrder, presenceOf } from "./presence";

const student = (nfc_id: string, more: Partial<Student> = {}): Student => ({
  nfc_id,
  tamtap_id: "",
  name: nfc_id,
  grade: "7",
  section: "Narra",
  ...more,
});
const map = (...all: ReturnType<typeof arrival>[]) => new Map(all.map((each) => [each.id, each]));

test("who came is not missing, nor is who is excused; who is marked absent still may come", () => {
  const { missing, inside } = presenceOf(
    ["A", "B", "C", "D", "E"].map((each) => student(each)),
    map(
      arrival("A"),
      arrival("B", { status: "excused", tap: "" }),
      arrival("C", { status: "absent", tap: "" }),
      arrival("D", { status: "absent" }),
    ),
    "",
  );
  expect(missing.map((each) => each.nfc_id)).toEqual(["C", "E"]);
  expect(inside.map((each) => each.nfc_id).sort()).toEqual(["A", "D"]);
});

test("who has left is inside no more, and the last to leave stands first", () => {
  const { inside, left } = presenceOf(
    [],
    map(
      arrival("A", { departure: "16:00:00" }),
      arrival("B", { departure: "16:05:00" }),
      arrival("C", { section: "Molave" }),
    ),
    "Narra",
  );
  expect(inside).toEqual([]);
  expect(left.map((each) => each.nfc_id)).toEqual(["B", "A"]);
});

test("sections stand together, and names as the language sorts them", () => {
  const sorted = inOrder(
    [
      student("1", { section: "Yakal", name: "Ana" }),
      student("2", { name: "Ñeco" }),
      student("3", { name: "Zara" }),
      student("4", { name: "ana" }),
    ],
    "fil",
  );
  expect(sorted.map((each) => each.nfc_id)).toEqual(["4", "2", "3", "1"]);
});
