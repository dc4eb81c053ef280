import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { Icon } from "../components/icons";
import { currentLanguage, t } from "../i18n/words";
import { Checkbox } from "./checkbox";

export interface Column<Row> {
  id: string;
  words: string; // of the head
  cell: (row: Row) => ReactNode;
  sort?: (row: Row) => string | number; // what it is sorted by; without, it is not
  wide?: boolean; // left out on a phone
  end?: boolean; // at the right edge
}

export interface Sorting {
  column: string;
  down: boolean;
}

interface Props<Row> {
  label: string;
  rows: Row[];
  columns: Column<Row>[]; // the first one names the row
  idOf: (row: Row) => string;
  rowHeight?: number; // in pixels, about; rows are measured
  sorting?: Sorting; // at first
  onPress?: (row: Row) => void; // the first cell becomes a button
  selected?: ReadonlySet<string>;
  onSelect?: (ids: ReadonlySet<string>) => void; // adds boxes to tick
  nameOf?: (row: Row) => string; // spoken beside the box
  testId?: string; // of a row
  empty?: ReactNode;
}

const overscan = 12;

export function sorted<Row>(rows: Row[], columns: Column<Row>[], sorting: Sorting | undefined) {
  const by = columns.find((each) => each.id === sorting?.column)?.sort;
  if (!by) return rows;
  const { compare } = new Intl.Collator(currentLanguage(), { numeric: true });
  const sign = sorting!.down ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [one, other] = [by(a), by(b)];
    return (
      sign *
      (typeof one === "number" && typeof other === "number"
        ? one - other
        : compare(String(one), String(other)))
    );
  });
}

// Rows of any number: only those near the window are there, and the page itself scrolls.
export function Table<Row>(props: Props<Row>) {
  const { label, rows, columns, idOf, rowHeight = 56, onPress, selected, onSelect, testId } = props;
  const [sorting, setSorting] = useState(props.sorting);
  const shown = useMemo(() => sorted(rows, columns, sorting), [rows, columns, sorting]);
  const body = useRef<HTMLTableSectionElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    setMargin((body.current?.getBoundingClientRect().top ?? 0) + scrollY);
  }, [shown.length]);
  const virtual = useWindowVirtualizer({
    count: shown.length,
    estimateSize: () => rowHeight,
    overscan,
    scrollMargin: margin,
    getItemKey: (n) => idOf(shown[n]),
  });
  const items = virtual.getVirtualItems();
  const before = items.length > 0 ? items[0].start - margin : 0;
  const after = items.length > 0 ? virtual.getTotalSize() + margin - items.at(-1)!.end : 0;
  const width = columns.length + (onSelect ? 1 : 0);
  const all =
    selected !== undefined && rows.length > 0 && rows.every((row) => selected.has(idOf(row)));

  const toggle = (id: string, on: boolean) => {
    const next = new Set(selected);
    if (on) next.add(id);
    else next.delete(id);
    onSelect?.(next);
  };
  if (rows.length === 0) return <>{props.empty}</>;
  return (
    <table className="table" aria-label={label} aria-rowcount={shown.length + 1}>
      <thead>
        <tr>
          {onSelect && (
            <th scope="col" className="table-box">
              <Checkbox
                words={t("table.all")}
                hideWords
                isSelected={all}
                isIndeterminate={!all && (selected?.size ?? 0) > 0}
                onChange={(on) => onSelect(new Set(on ? rows.map(idOf) : []))}
              />
            </th>
          )}
          {columns.map((each) => (
            <Head key={each.id} column={each} sorting={sorting} onSort={setSorting} />
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        {before > 0 && <Space height={before} width={width} />}
        {items.map((item) => {
          const row = shown[item.index];
          const id = idOf(row);
          return (
            <tr
              key={id}
              ref={virtual.measureElement}
              data-index={item.index}
              data-testid={testId}
              data-id={id}
              aria-rowindex={item.index + 2}
            >
              {onSelect && (
                <td className="table-box">
                  <Checkbox
                    words={props.nameOf?.(row) ?? id}
                    hideWords
                    isSelected={selected?.has(id) ?? false}
                    onChange={(on) => toggle(id, on)}
                  />
                </td>
              )}
              {columns.map((each, n) => {
                const className = `${each.wide ? "wide" : ""} ${each.end ? "end" : ""}`;
                if (n > 0) {
                  return (
                    <td key={each.id} className={className}>
                      {each.cell(row)}
                    </td>
                  );
                }
                return (
                  <th key={each.id} scope="row" className={className}>
                    {onPress ? (
                      <button type="button" className="table-open" onClick={() => onPress(row)}>
                        {each.cell(row)}
                      </button>
                    ) : (
                      each.cell(row)
                    )}
                  </th>
                );
              })}
            </tr>
          );
        })}
        {after > 0 && <Space height={after} width={width} />}
      </tbody>
    </table>
  );
}

const Space = ({ height, width }: { height: number; width: number }) => (
  <tr aria-hidden className="table-space">
    <td colSpan={width} style={{ height }} />
  </tr>
);

interface HeadProps<Row> {
  column: Column<Row>;
  sorting: Sorting | undefined;
  onSort: (sorting: Sorting) => void;
}

function Head<Row>({ column, sorting, onSort }: HeadProps<Row>) {
  const mine = sorting?.column === column.id;
  const down = mine && sorting.down;
  return (
    <th
      scope="col"
      className={`${column.wide ? "wide" : ""} ${column.end ? "end" : ""}`}
      aria-sort={column.sort && (mine ? (down ? "descending" : "ascending") : "none")}
    >
      {column.sort ? (
        <button
          type="button"
          className="table-sort"
          onClick={() => onSort({ column: column.id, down: mine && !down })}
        >
          {column.words}
          {mine && <Icon name={down ? "down" : "up"} />}
        </button>
      ) : (
        column.words
      )}
    </th>
  );
}
