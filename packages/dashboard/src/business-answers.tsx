import type { History } from '@penumbra/core/history';
import { type Answer, answers } from '@penumbra/report/answers';
import { findings } from '@penumbra/report/findings';
import type { ComponentChildren } from 'preact';
import { Meaning } from './meaning.tsx';

/** The questions of the business owner, answered at a glance; what is passed in stands beside what comes next. */
export function BusinessAnswers({
  history,
  children,
}: {
  readonly history: History;
  readonly children: ComponentChildren;
}) {
  const { proven, money, traffic, next, risk } = answers(history, findings(history));
  const { description } = history.definition;
  return (
    <section id="answers" class="answers" aria-label="At a glance">
      <h1>{history.deployment}</h1>
      {description === '' ? null : <p class="about">{description}</p>}
      <div class="lead-answer">
        <h2>{proven.question}</h2>
        <p class={`verdict ${proven.tone}`}>
          <Meaning of={proven.meaning}>{proven.value}.</Meaning>
        </p>
        <p class="because">{proven.detail}</p>
      </div>
      <div class="glance">
        <Tile answer={money} />
        <Tile answer={traffic} />
        <Tile answer={next}>{children}</Tile>
        <Tile answer={risk} />
      </div>
    </section>
  );
}

function Tile({ answer, children }: { readonly answer: Answer; readonly children?: ComponentChildren }) {
  const { question, value, meaning, detail, tone } = answer;
  return (
    <div class="tile">
      <h2>{question}</h2>
      <p class={`value ${tone}`}>
        <Meaning of={meaning}>{value}</Meaning>
      </p>
      <p class="detail">{detail}</p>
      {children}
    </div>
  );
}
