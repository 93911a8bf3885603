type Listener<Event> = (event: Event) => void;

export interface Emitter<Events extends object> {
  /** Calls the listener from now on; the answer ends that. */
  readonly on: <Type extends keyof Events>(type: Type, listener: Listener<Events[Type]>) => () => void;
  readonly emit: <Type extends keyof Events>(type: Type, event: Events[Type]) => void;
}

/** Typed events. A listener that throws is warned about and disturbs nobody else. */
export function emitter<Events extends object>(): Emitter<Events> {
  const listeners: { [Type in keyof Events]?: Set<Listener<Events[Type]>> } = {};
  return {
    on(type, listener) {
      const those = listeners[type] ?? new Set<Listener<Events[typeof type]>>();
      listeners[type] = those;
      those.add(listener);
      return () => void those.delete(listener);
    },
    emit(type, event) {
      for (const listener of [...(listeners[type] ?? [])]) {
        try {
          listener(event);
        } catch (error) {
          process.emitWarning(error instanceof Error ? error : String(error));
        }
      }
    },
  };
}
