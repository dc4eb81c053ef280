// A school that is made up, and its morning: what the mock server tells.
const first = "Ana Ben Carlo Dina Emil Faye Gina Hugo Isko Jose Karla Luz Marco Nena Oscar Paolo Rosa Santi Tala Vito Waldo Ynez".split(" "); // prettier-ignore
const last = "Abad Bautista Castillo Domingo Estrada Fernandez Garcia Hernandez Ignacio Lim Mendoza Navarro Ocampo Peña Quizon Reyes Santos Tolentino Uy Valdez".split(" "); // prettier-ignore
const sections = ["Acacia", "Kamagong", "Molave", "Narra", "Talisay", "Yakal"];
const gates = ["main-gate", "north-gate"];

// The same school at every start.
function dice(seed) {
  let state = seed;
  return (sides) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * sides);
  };
}

export function makeStudents(count) {
  const roll = dice(7);
  return Array.from({ length: count }, (_, n) => {
    const [first_name, last_name] = [first[roll(first.length)], last[roll(last.length)]];
    return {
      nfc_id: (0x04a20000 + n * 257).toString(16).toUpperCase().padStart(8, "0"),
      tamtap_id: String(n + 1).padStart(3, "0"),
      name: `${first_name} ${last_name}`,
      first_name,
      last_name,
      email: "",
      grade: String(7 + (n % 6)),
      section: sections[n % sections.length],
      registered: "2026-06-01 08:00:00",
    };
  });
}

const two = (n) => String(n).padStart(2, "0");
const clockAt = (second) =>
  `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;

export function makeRecord(student, day, second, sequence, gate = gates[sequence % gates.length]) {
  const time = clockAt(second);
  const tapped_at = `${day}T${time}+08:00`;
  const tap = `${gate}.d3m0.${sequence}`;
  const status = second <= 7.334 * 3600 ? "on_time" : second <= 8 * 3600 ? "late" : "absent";
  const { registered, ...who } = student;
  return {
    ...who,
    _id: `${day}/${student.nfc_id}`,
    tap,
    role: "student",
    date: `${day} ${time}`,
    time,
    day,
    session: second < 43200 ? "AM" : "PM",
    status,
    photo: null,
    tapped_at,
    clock: "synchronised",
    terminal: gate,
    taps: [{ tap, terminal: gate, tapped_at }],
  };
}

// Arrivals from six o'clock to `until` (seconds of the day), thickest shortly before seven.
export function makeMorning(students, day, until) {
  const roll = dice([...day].reduce((sum, each) => sum + each.charCodeAt(0), 0));
  const bell = () => Math.floor(6.15 * 3600 + (roll(4200) + roll(2400) + roll(1500)) * 0.72);
  return students
    .map((student) => [student, bell()])
    .filter(([, second]) => second <= until && roll(50) > 0)
    .sort(([, a], [, b]) => a - b)
    .map(([student, second], n) => makeRecord(student, day, second, n + 1));
}

export function makeGates(day) {
  const gate = {
    online: true,
    last_seen: `${day}T07:24:05+08:00`,
    pending: 0,
    oldest_pending_seconds: 0,
    confirmed: 184,
    quarantined: 0,
    last_error: "",
    state: "IDLE",
  };
  return [
    { ...gate, name: "main-gate" },
    { ...gate, name: "north-gate", pending: 7, oldest_pending_seconds: 240, confirmed: 97 },
    { ...gate, name: "gym", online: false, last_seen: `${day}T06:52:40+08:00`, pending: 3 },
  ];
}
