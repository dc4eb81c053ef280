import { expect, test } from "vitest";
import { nameMeant, plain } from "./search";

test("what is typed is compared without case and accents", () => {
  expect(plain("Ni\u00f1o")).toBe("nino");
});

test("a section that there is, is meant in whatever case it is typed; another is a new one", () => {
  const names = ["Molave", "Narra", "narra B", "Narra B"];
  expect(nameMeant(" narra ", names)).toBe("Narra");
  expect(nameMeant("Narra B", names)).toBe("Narra B");
  expect(nameMeant("Nar", names)).toBe("Nar");
  expect(nameMeant("", names)).toBe("");
});
