// The icons, inline: no font and no image has to be loaded first.
const paths = {
  back: 'M15 5l-7 7 7 7',
  home: 'M4 11l8-7 8 7v9h-5v-6H9v6H4z',
  scan: 'M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16',
  clock: 'M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c1-4.5 4-6 8-6s7 1.5 8 6',
  people:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.8-4 3-5.500 6.500-5.500s5.700 1.500 6.500 5.500M16 4.300a3.500 3.500 0 0 1 0 6.400M18 14.800c2 .7 3.100 2.400 3.500 5.200',
  bell: 'M6 17V11a6 6 0 0 1 12 0v6l2 1H4zM10 21h4',
  bank: 'M4 10l8-6 8 6M5 10v8M10 10v8M14 10v8M19 10v8M3 20h18',
  send: 'M5 19L19 5M9 5h10v10',
  receive: 'M19 5L5 19M15 19H5V9',
  qr: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 20h2',
  check: 'M5 13l4 4L19 7',
  cross: 'M6 6l12 12M18 6L6 18',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM20 20l-4-4',
  star: 'M12 4l2.5 5 5.5.8-4 3.9.9 5.5-4.900-2.600-4.900 2.600.9-5.5-4-3.900 5.5-.8z',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  share: 'M12 15V4M8 8l4-4 4 4M5 13v7h14v-7',
  pulse: 'M3 12h4l2.500-6 4 12 3-9 1.500 3H21',
  gauge: 'M4 18a8 8 0 1 1 16 0M12 18l4-6',
  lock: 'M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3',
  plus: 'M12 5v14M5 12h14',
  right: 'M9 5l7 7-7 7',
  warn: 'M12 4l9 16H3zM12 10v4M12 17v.5',
  help: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.7.4-1.1.9-1.1 1.8M12 17v.2',
  page: 'M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5',
  phone: 'M8 3h8v18H8zM11 18h2',
  globe: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18',
  moon: 'M20 14A8 8 0 1 1 10 4a7 7 0 0 0 10 10z',
  out: 'M14 4h5v16h-5M4 12h10M10 8l4 4-4 4',
  edit: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  save: 'M12 4v11M8 11l4 4 4-4M5 19h14',
  print: 'M7 9V4h10v5M7 17H4v-8h16v8h-3M7 14h10v6H7z',
  erase: 'M9 6h11v12H9l-6-6zM12 9l5 6M17 9l-5 6',
  torch: 'M13 3L5 14h6l-1 7 8-11h-6z',
  camera: 'M4 8h3l2-3h6l2 3h3v11H4zM12 10a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7z',
  picture: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9h.01',
  calendar: 'M4 6h16v14H4zM4 10h16M8 3v4M16 3v4M8 14h3M13 14h3',
  again: 'M5 11a7 7 0 0 1 12-4l3 3M20 5v5h-5M19 13a7 7 0 0 1-12 4l-3-3M4 19v-5h5',
  key: 'M8 12a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM11 13l9-9M16 8l3 3',
  block: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM6 6l12 12',
  download: 'M12 4v11M8 11l4 4 4-4M5 16v4h14v-4',
} as const
export type IconName = keyof typeof paths

type IconProps = {
  name: IconName
  className?: string
  /** Where it alone says something; otherwise it stands beside a text and is not read out. */
  label?: string
}

export function Icon({ name, className = 'size-6', label }: IconProps) {
  const spoken = label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label }
  return (
    <svg viewBox="0 0 24 24" {...spoken} className={`shrink-0 ${className}`}>
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
