import type { History } from '@penumbra/core/history';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ApiProblem } from './api.ts';
import { readDefinition } from './definition-of-version.ts';
import { definitionAnchor, definitionAskedFor } from './event-facts.ts';
import { Json } from './scroll.tsx';

/** The definition in force; or, where the address asks for it, another version. So a link to a version can be kept. */
export function DefinitionVersions({ history }: { readonly history: History }) {
  const asked = useAskedFor();
  const inForce = history.definitionVersion;
  const shown = asked ?? inForce;
  const others = Array.from({ length: inForce }, (_, index) => index + 1);
  return (
    <>
      <DefinitionOf key={shown} history={history} version={shown} asked={asked !== undefined} />
      {others.length < 2 ? null : (
        <p class="versions">
          Versions of the definition:{' '}
          {others.map((version) => (
            <a
              key={version}
              href={`#${definitionAnchor(version)}`}
              aria-current={version === shown ? 'true' : undefined}
            >
              {version}
              {version === inForce ? ' (in force)' : ''}
            </a>
          ))}
        </p>
      )}
    </>
  );
}

/** The version that the address asks for, also after it has changed. */
function useAskedFor(): number | undefined {
  const [asked, setAsked] = useState(() => definitionAskedFor(location.hash));
  useEffect(() => {
    const look = () => setAsked(definitionAskedFor(location.hash));
    addEventListener('hashchange', look);
    return () => removeEventListener('hashchange', look);
  }, []);
  return asked;
}

interface DefinitionOfProps {
  readonly history: History;
  readonly version: number;
  readonly asked: boolean;
}

function DefinitionOf({ history, version, asked }: DefinitionOfProps) {
  const [definition, setDefinition] = useState<unknown>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const summary = useRef<HTMLElement>(null);
  useEffect(() => {
    let wanted = true;
    readDefinition(history, version)
      .then((read) => {
        if (!wanted) return;
        setDefinition(read);
        setProblem(null);
      })
      .catch((error: ApiProblem) => wanted && setProblem(error));
    return () => {
      wanted = false;
    };
  }, [history, version]);
  // The browser looks for the place before it is there.
  useEffect(() => {
    if (asked) summary.current?.focus();
  }, [asked]);
  const standing = version === history.definitionVersion ? 'in force' : 'no longer in force';
  return (
    <details id={definitionAnchor(version)} class="definition" open={asked}>
      <summary ref={summary}>
        Definition, version {version}
        {problem ? '' : `, ${standing}`}
      </summary>
      {problem ? (
        <p class="problem" role="alert">
          {problem.message}. {problem.remedy}.
        </p>
      ) : definition === null ? (
        <p role="status">Reading the definition …</p>
      ) : (
        <Json name={`Definition, version ${version}`} of={definition} />
      )}
    </details>
  );
}
