import { join } from 'node:path';
import { awsError } from './aws-error.ts';
import { modelArn } from './aws-names.ts';
import { openJsonFiles } from './json-files.ts';
import type { Models } from './models.ts';

type Input = Record<string, unknown>;
type CreatedModel = { ModelName: string; PrimaryContainer: { Image: string }; CreationTime: number };

export type ModelApi = {
  create(input: Input): Promise<object>;
  describe(input: Input): object;
  remove(input: Input): Promise<object>;
};

const NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;

/**
 * CreateModel, DescribeModel and DeleteModel. There are no container images here: a model that is created over the
 * API names, as its image, the URL of a container that runs already. It is known again after a restart.
 */
export function openModelApi(directory: string, models: Models): ModelApi {
  const files = openJsonFiles<CreatedModel>(join(directory, 'models'));
  const created = new Map<string, CreatedModel>();
  for (const model of files.all()) {
    created.set(model.ModelName, model);
    if (!models.has(model.ModelName))
      void models.register(model.ModelName, { url: model.PrimaryContainer.Image });
  }

  function known(name: unknown): string {
    if (typeof name === 'string' && models.has(name)) return name;
    throw awsError('ValidationException', `Could not find model "${modelArn(String(name))}".`);
  }

  return {
    async create(input) {
      const name = String(input.ModelName);
      if (!NAME.test(name)) {
        throw awsError('ValidationException', `Value '${name}' at 'modelName' must match ${NAME.source}`);
      }
      if (models.has(name)) {
        throw awsError('ValidationException', `Cannot create already existing model "${modelArn(name)}".`);
      }
      const container = input.PrimaryContainer as { Image?: unknown } | undefined;
      const image = String(container?.Image);
      if (!/^https?:\/\//.test(image)) {
        const advice =
          'Name the URL of a running container as the image, or register the model when starting.';
        throw awsError('ValidationException', `Requested image ${image} not found. ${advice}`);
      }
      const model = {
        ...input,
        ModelName: name,
        PrimaryContainer: { ...container, Image: image },
        CreationTime: Date.now() / 1000,
      };
      created.set(name, model);
      files.write(name, model);
      await models.register(name, { url: image });
      return { ModelArn: modelArn(name) };
    },
    describe(input) {
      const name = known(input.ModelName);
      return { ModelName: name, ...created.get(name), ModelArn: modelArn(name) };
    },
    async remove(input) {
      const name = known(input.ModelName);
      await models.remove(name);
      created.delete(name);
      files.remove(name);
      return {};
    },
  };
}
