// A payment's trace as a sequence diagram: a column per participant, an arrow per message, in order of time.
import { useDeveloperText } from './developer-texts.ts'
import { participants, type Participant, type Step, type Tone } from './payment-trace.ts'

const left = 96
const between = 118
const rowHeight = 34
const top = 76
const width = left + between * (participants.length - 1) + 66

const xOf = (participant: Participant) => left + participants.indexOf(participant) * between
const strokes: Record<Tone, string> = {
  plain: 'stroke-soft',
  good: 'stroke-good',
  bad: 'stroke-bad',
  wait: 'stroke-wait',
}
const fills: Record<Tone, string> = {
  plain: 'fill-ink',
  good: 'fill-good',
  bad: 'fill-bad',
  wait: 'fill-wait',
}
const tints: Record<Tone, string> = {
  plain: 'fill-sunk stroke-line',
  good: 'fill-good-tint stroke-good',
  bad: 'fill-bad-tint stroke-bad',
  wait: 'fill-wait-tint stroke-wait',
}

export const textOf = (step: Step, t: ReturnType<typeof useDeveloperText>) =>
  [step.says && t(step.says), step.code].filter(Boolean).join(' ')

type DiagramProps = {
  steps: Step[]
  /** So many are drawn; the last of them is event now. */
  shown: number
  label: string
}

export function TraceDiagram({ steps, shown, label }: DiagramProps) {
  const t = useDeveloperText()
  const drawn = steps.slice(0, shown)
  const isPlaying = shown < steps.length
  const now = isPlaying ? drawn.at(-1) : undefined
  const met = new Set(drawn.flatMap(({ from, to }) => [from, to]))
  const height = top + steps.length * rowHeight + 24
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label} className="w-full min-w-4xl">
      {participants.map((participant) => (
        <ParticipantHead
          key={participant}
          participant={participant}
          name={t(`developer.participant-${participant}`)}
          isMet={met.has(participant)}
          isActive={now !== undefined && (now.from === participant || now.to === participant)}
          height={height}
        />
      ))}
      {drawn.map((step, at) => (
        <StepRow
          key={`${at} ${step.from} ${step.to} ${step.code}`}
          step={step}
          y={top + at * rowHeight + rowHeight / 2}
          time={drawn[at - 1]?.ms === step.ms ? '' : timeOf(step.ms)}
          text={textOf(step, t)}
        />
      ))}
    </svg>
  )
}

export function timeOf(ms: number): string {
  if (ms < 10_000) return `+${Math.round(ms)} ms`
  if (ms < 600_000) return `+${(ms / 1_000).toFixed(1)} s`
  return `+${(ms / 3_600_000).toFixed(1)} h`
}

type ParticipantHeadProps = {
  participant: Participant
  name: string
  isMet: boolean
  isActive: boolean
  height: number
}

function ParticipantHead({ participant, name, isMet, isActive, height }: ParticipantHeadProps) {
  const x = xOf(participant)
  const box = isActive
    ? 'fill-accent stroke-accent'
    : isMet
      ? 'fill-tint stroke-accent'
      : 'fill-card stroke-line'
  const text = isActive ? 'fill-on-accent' : isMet ? 'fill-accent' : 'fill-soft'
  return (
    <g>
      <line x1={x} x2={x} y1={44} y2={height - 8} className="stroke-line" strokeDasharray="2 5" />
      <rect
        x={x - 54}
        y={8}
        width={108}
        height={36}
        rx={18}
        strokeWidth={1.5}
        className={`transition-colors ${box}`}
      />
      <text
        x={x}
        y={31}
        textAnchor="middle"
        className={`text-[14px] font-semibold transition-colors ${text}`}
      >
        {name}
      </text>
    </g>
  )
}

type StepRowProps = { step: Step; y: number; time: string; text: string }

function StepRow({ step, y, time, text }: StepRowProps) {
  const [from, to] = [xOf(step.from), xOf(step.to)]
  return (
    <g className="animate-fade">
      {time && (
        <text x={4} y={y + 4} className="fill-soft font-mono text-[12px] tabular-nums">
          {time}
        </text>
      )}
      {from === to ? (
        <Note step={step} x={from} y={y} text={text} />
      ) : (
        <Arrow {...{ step, from, to, y, text }} />
      )}
    </g>
  )
}

/** Longer ones are cut; the whole text is in the list below, and under the pointer. */
const longest = 38

function Note({ step, x, y, text }: { step: Step; x: number; y: number; text: string }) {
  const short = text.length > longest ? `${text.slice(0, longest - 1)}…` : text
  const wide = short.length * 6.9 + 22
  // What would leave the picture on a side moves in.
  const begin = Math.min(Math.max(x - wide / 2, 70), width - wide - 2)
  return (
    <g>
      <title>{text}</title>
      <rect x={begin} y={y - 12} width={wide} height={24} rx={12} className={tints[step.tone]} />
      <text
        x={begin + wide / 2}
        y={y + 4}
        textAnchor="middle"
        className={`font-mono text-[11.5px] ${fills[step.tone]}`}
      >
        {short}
      </text>
    </g>
  )
}

type ArrowProps = { step: Step; from: number; to: number; y: number; text: string }

function Arrow({ step, from, to, y, text }: ArrowProps) {
  const direction = Math.sign(to - from)
  const tip = to - direction * 3
  const stroke = strokes[step.tone]
  const dashes = step.look === 'call' ? {} : { strokeDasharray: step.look === 'event' ? '1 5' : '6 4' }
  return (
    <g>
      <line
        x1={from}
        x2={tip - direction * 4}
        y1={y + 6}
        y2={y + 6}
        strokeWidth={step.look === 'event' ? 2.5 : 1.75}
        strokeLinecap="round"
        className={stroke}
        {...dashes}
      />
      <path
        d={`M${tip - direction * 8} ${y + 1.5} L${tip} ${y + 6} L${tip - direction * 8} ${y + 10.5}`}
        fill="none"
        strokeWidth={1.75}
        strokeLinejoin="round"
        strokeLinecap="round"
        className={stroke}
      />
      <circle cx={from} cy={y + 6} r={3} className={fills[step.tone]} />
      <circle
        cx={to}
        cy={y + 6}
        r={5}
        style={{ '--from': `${from - to}px` } as object}
        className={`animate-details ${fills[step.tone]}`}
      />
      <text
        x={(from + to) / 2}
        y={y}
        textAnchor="middle"
        strokeWidth={5}
        paintOrder="stroke"
        className={`stroke-card text-[11.5px] ${step.says && !step.code ? '' : 'font-mono'} ${fills[step.tone]}`}
      >
        {text}
      </text>
    </g>
  )
}
