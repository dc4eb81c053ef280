export const linkTo = (card: string) => `/people/${encodeURIComponent(card)}`;
