import { expect, test } from "vitest";
import { previewOf } from "./words_text";

test("a text is shown with an example in the place of each word in braces", () => {
  expect(
    previewOf("{name} came to {school}, {date} {time} {other}", "Narra High", "2026-11-23"),
  ).toBe("Ana Reyes came to Narra High, 2026-11-23 07:03 {other}");
});
