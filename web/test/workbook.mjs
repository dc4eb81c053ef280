// A workbook with one sheet of texts, as spreadsheets write it.
import { execFileSync } from "node:child_process";

const maker = `
import io, json, sys, zipfile
rows = json.load(sys.stdin)
cell = lambda text: f'<c t="inlineStr"><is><t>{text}</t></is></c>'
main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
package = "http://schemas.openxmlformats.org/package/2006"
sheet = "".join(f'<row>{"".join(map(cell, row))}</row>' for row in rows)
relations = lambda kind, target: (f'<Relationships xmlns="{package}/relationships"><Relationship '
    f'Id="rId1" Type="{office}/{kind}" Target="{target}"/></Relationships>')
out = io.BytesIO()
with zipfile.ZipFile(out, "w") as book:
    book.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"/>')
    book.writestr("_rels/.rels", relations("officeDocument", "xl/workbook.xml"))
    book.writestr("xl/_rels/workbook.xml.rels", relations("worksheet", "worksheets/sheet1.xml"))
    book.writestr("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="People" sheetId="1" r:id="rId1"/></sheets></workbook>')
    book.writestr("xl/worksheets/sheet1.xml",
        f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>')
sys.stdout.buffer.write(out.getvalue())`;

export const workbook = (rows) =>
  execFileSync("python3", ["-c", maker], { input: JSON.stringify(rows) });
