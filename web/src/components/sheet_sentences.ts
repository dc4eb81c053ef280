// What the server says of a sheet: of lines that it can't take, and of what it leaves out.
import { sentence, type Sentences } from "../api/said";

export const saidOfSheets: Sentences = {
  "'{cell}' is a card's number that a spreadsheet has shortened; format the column as text and enter it again":
    "sheet.shortened",
  "'{cell}' is no card; if it is one all the same, give the file a header": "sheet.no_card",
  "'{cell}' is no number of minutes": "sheet.no_minutes",
  "a cell of {count} characters; at most {most} are allowed": "sheet.long_cell",
  "a cell with a line break or control character": "sheet.bad_cell",
  "a guardian of {name}: {why}": "sheet.guardian",
  "card {card} belongs to {owner}, and the sheet gives it to {name}": "sheet.card_of",
  "card {card} of {name} stands there twice": "sheet.card_twice",
  "card {card} stands in line {line} already": "sheet.card_again",
  "card {card} was that of {name}, who has {now} now; if it came back, take {whose} out of the list and register them by themselves, with a card that is returned":
    "sheet.card_was_of",
  "it is UTF-16, and was read as that": "sheet.utf16",
  "it is not UTF-8, and was read as Windows-1252; look at names with special letters":
    "sheet.windows_1252",
  "line {line}: the LRN '{lrn}' is not kept; it has 12 digits, in a column that is formatted as text":
    "sheet.lrn",
  "line {line}: the card {card} of {name} may be the card {other} of {owner}, spelled otherwise; look which of them has it, and correct the other":
    "sheet.same_card",
  "line {line}: the sex '{sex}' is not kept; write M or F": "sheet.sex",
  "line {line}: {name} is called {other} from now on, and keeps all days; if these are two, the first has to leave before the list is imported":
    "sheet.other_name",
  "not kept: {columns}": "sheet.not_kept",
  "role '{role}'; use student or teacher": "sheet.role",
  "section {section} stands in line {line} already": "sheet.section_again",
  "the card is missing": "sheet.card_missing",
  "the name is missing": "sheet.name_missing",
  "the section is missing": "sheet.section_missing",
  "what stands above the header in line {line} was passed over": "sheet.passed_over",
  "{cell} is an error of the spreadsheet's": "sheet.spreadsheet_error",
  "{cell} stands in column {column}, which has no name": "sheet.no_column",
  "{name} stands in line {line} already, with another card": "sheet.name_again",
  "{name} stands in line {line} with card {card}, which they have": "sheet.name_with_card",
};

export const sheetSentence = (words: string) => sentence(words, saidOfSheets);
