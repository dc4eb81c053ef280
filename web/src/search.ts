// Without case and accents: "nino" finds "Niño".
export const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
