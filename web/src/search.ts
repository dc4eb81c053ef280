// Without case and accents: "nino" finds "Niño".
export const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// The name of the list that is meant by what was typed, whatever its case: nobody wants a second
// section beside "Narra" because they typed "narra". Else what was typed.
export function nameMeant(typed: string, names: string[]): string {
  const name = typed.trim();
  if (names.includes(name)) return name;
  return names.find((each) => plain(each) === plain(name)) ?? name;
}
