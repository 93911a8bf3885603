import type { Request } from '../support/sdk-middleware.ts';
import type { Plan } from './plan.ts';
import type { TransformEnd } from './seams.ts';

/** The models that stand in for the challenger's where a transform is to end badly. */
export const BAD_MODELS: Readonly<Record<TransformEnd, string>> = {
  fails: 'fails',
  'is stopped': 'hangs',
  'leaves partial outputs': 'partial',
  'answers too few lines': 'truncates',
};

/** The request for a transform, on a container that does badly where the plan says so for its date and attempt. */
export function withPlannedEnd(request: Request, plan: Plan): Request {
  const tags = request.input.Tags as { readonly Key: string; readonly Value: string }[];
  const of = (name: string) => tags.find(({ Key }) => Key === `penumbra:${name}`)?.Value ?? '';
  const end = plan.transformEnd(of('deployment'), of('date'), Number(of('attempt')));
  return end ? { ...request, input: { ...request.input, ModelName: BAD_MODELS[end] } } : request;
}
