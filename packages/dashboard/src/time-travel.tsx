interface TimeTravelProps {
  /** Dates of all reviews, in order. */
  readonly dates: readonly string[];
  /** Null: the latest. */
  readonly asOf: string | null;
  /** Date of the review that is shown. */
  readonly shown: string;
  readonly onAsOf: (asOf: string | null) => void;
}

/** Goes back to any review: the whole page then shows what was known with it. */
export function TimeTravel({ dates, asOf, shown, onAsOf }: TimeTravelProps) {
  if (dates.length < 2) return null;
  const last = dates.length - 1;
  const at = asOf === null ? last : Math.max(0, dates.indexOf(shown));
  const go = (index: number) => onAsOf(index >= last ? null : (dates[Math.max(0, index)] ?? null));
  return (
    <div class="travel">
      <label for="travel">As it was known on</label>
      <button
        type="button"
        class="button small"
        aria-label="One review back"
        disabled={at === 0}
        onClick={() => go(at - 1)}
      >
        ‹
      </button>
      <input
        id="travel"
        type="range"
        min={0}
        max={last}
        value={at}
        aria-valuetext={dates[at]}
        onChange={(event) => go(Number(event.currentTarget.value))}
      />
      <button
        type="button"
        class="button small"
        aria-label="One review on"
        disabled={at === last}
        onClick={() => go(at + 1)}
      >
        ›
      </button>
      <output for="travel">{dates[at]}</output>
    </div>
  );
}
