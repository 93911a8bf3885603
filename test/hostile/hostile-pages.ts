import { oneLine, printable } from '@penumbra/cli/printable';
import { renderSummary } from '@penumbra/cli/summary';
import type { TrialDocument } from '@penumbra/local/trial-document';
import { renderReport } from '@penumbra/report/report';
import { trialFixture } from '@penumbra/report/testing/trial-fixture';
import { parseHTML } from 'linkedom';
import { type HostileCase, SMUGGLED } from './hostile-case.ts';

/** Every text of a document replaced, but for dates, names of rules and the like that are no free text. */
function spoiled(text: string): TrialDocument {
  const document = structuredClone(trialFixture({ days: 30 })) as unknown as Record<string, unknown>;
  const original = document as unknown as TrialDocument;
  const reviews = original.reviews.map((review) => ({
    ...review,
    held: review.held.map((held) => ({ ...held, reason: text })),
    slices: review.slices.map((slice) => ({ ...slice, reasons: [text, text] })),
  }));
  return {
    ...original,
    deployment: text,
    dataDir: text,
    definition: { ...original.definition, deployment: text, description: text },
    unknownOutcomes: { count: 3, example: text },
    slices: original.slices.map((slice) => ({ ...slice, reasons: [text] })),
    days: original.days.map((day) => ({ ...day, reason: day.reason === '' ? '' : text })),
    reviews,
  } as TrialDocument;
}

/** What a page must not gain by a hostile text: elements, handlers, addresses. */
function foreignMarkup(page: string): readonly string[] {
  const { document } = parseHTML(page);
  const elements = [...document.querySelectorAll('script, iframe, img, object, embed, link, base, form')];
  const handlers = [...document.querySelectorAll('*')].flatMap((element) =>
    [...element.attributes].filter(
      ({ name, value }) => name.startsWith('on') || /^\s*(javascript|data|https?):/i.test(value),
    ),
  );
  const addresses = handlers.filter(({ name }) => !name.startsWith('xmlns'));
  return [...elements.map(({ tagName }) => String(tagName)), ...addresses.map(({ name }) => String(name))];
}

/** Hostile texts in a report and in a terminal. */
export const hostilePages: readonly HostileCase[] = [
  ...SMUGGLED.map(
    (text): HostileCase => ({
      name: `a report with ${JSON.stringify(text)}`,
      run: () => foreignMarkup(renderReport(spoiled(text))),
      expect: { result: [] },
    }),
  ),
  ...SMUGGLED.slice(13).map(
    (text): HostileCase => ({
      name: `a terminal with ${JSON.stringify(text)}`,
      run: () => /(?![\n\t])[\p{Cc}\u202e]/u.test(printable(text)),
      expect: { result: false },
    }),
  ),
  {
    name: 'a summary in a terminal with commands in it',
    run: () => {
      const told = renderSummary(spoiled('\u001b[2J\u202egnp'), {
        colour: false,
        width: 100,
        reportPath: 'r',
      });
      return /(?![\n\t])[\p{Cc}\u202e]/u.test(told);
    },
    expect: { result: false },
  },
  {
    name: 'a line of a terminal with a million characters',
    run: () => oneLine('x\n'.repeat(1_000_000), 80).length,
    expect: { result: 80 },
  },
];
