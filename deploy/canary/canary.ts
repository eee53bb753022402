// `canary`: what the Job of the chart runs. Takes a canary through its steps, and rolls it back when it is not good.
import { exitWith, parseArguments } from '@bahi/platform/arguments.ts'
import { kubernetesAt, kubernetesOptions } from '../kubernetes/api.ts'
import { prometheusAt } from './analysis.ts'
import { rollOut } from './rollout.ts'

const help = `canary --prometheus <url> --deployment <name> --namespace <name> --canary <labels> --stable <labels>

Gives the Deployment of a canary more pods step by step, for as long as their errors and their 99th percentile, as
Prometheus has them, are within the bounds and not worse than those of the pods beside it. Otherwise, and when there
were too few requests to tell by the end of a step, it has no pods any more, and this ends with 1. Ends with 0 after the
last step: then roll the version out.

  --canary, --stable <labels>   such as pod=~"bahi-payment-canary-.*"
  --steps <n,n,…>       pods, step by step (default 1,2)
  --step-seconds <n>    how long a step lasts (default 600)
  --every-seconds <n>   how often it is looked at (default 15)
  --window-seconds <n>  what is looked at (default 300)
  --min-requests <n>    fewer in a window say nothing (default 100)
  --max-errors <share>  (default 0.01)
  --max-p99 <seconds>   (default 1)
  --worse-by <times>    what the others have, at most so many times (default 2)
  --api <url>           of Kubernetes (default https://kubernetes.default.svc)
  --token <file>        (default that of the pod's service account)
  --help                this text`

const { values } = parseArguments(help, {
  prometheus: { type: 'string' },
  deployment: { type: 'string' },
  namespace: { type: 'string' },
  canary: { type: 'string' },
  stable: { type: 'string' },
  steps: { type: 'string', default: '1,2' },
  'step-seconds': { type: 'string', default: '600' },
  'every-seconds': { type: 'string', default: '15' },
  'window-seconds': { type: 'string', default: '300' },
  'min-requests': { type: 'string', default: '100' },
  'max-errors': { type: 'string', default: '0.01' },
  'max-p99': { type: 'string', default: '1' },
  'worse-by': { type: 'string', default: '2' },
  ...kubernetesOptions,
})
type Name = Exclude<keyof typeof values, 'help'>
const given = (name: Name) => values[name] ?? exitWith(`--${name} is missing\n\n${help}`)
const number = (name: Name) => {
  const value = Number(given(name))
  return value > 0 ? value : exitWith(`--${name} ${given(name)}: a number above 0`)
}
const steps = values.steps.split(',').map(Number)
if (!steps.every((pods) => Number.isInteger(pods) && pods > 0))
  exitWith(`--steps ${values.steps}: numbers of pods`)
const kubernetes = kubernetesAt(values)
const scalePath = `/apis/apps/v1/namespaces/${given('namespace')}/deployments/${given('deployment')}/scale`

async function scale(replicas: number): Promise<void> {
  const answer = await kubernetes('PATCH', scalePath, { spec: { replicas } })
  if (!answer.isGood) throw new Error(`Kubernetes answers ${answer.status} to ${replicas} pod(s)`)
}

try {
  const isGood = await rollOut({
    query: prometheusAt(given('prometheus')),
    ...{ canary: given('canary'), stable: given('stable'), steps, scale },
    stepMs: number('step-seconds') * 1_000,
    everyMs: number('every-seconds') * 1_000,
    windowS: number('window-seconds'),
    bounds: {
      minRequests: number('min-requests'),
      maxErrors: number('max-errors'),
      maxP99: number('max-p99'),
      worseBy: number('worse-by'),
    },
    log: (line) => console.log(`${new Date().toISOString()} ${line}`),
  })
  process.exitCode = isGood ? 0 : 1
} catch (error) {
  exitWith(`not decided: ${(error as Error).message}`, 1)
}
