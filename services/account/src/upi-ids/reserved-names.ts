// Names of UPI IDs that nobody may have, because payers would take them for a bank, a brand or an authority.
//
// What counts is how a name looks. UPI IDs are ASCII, so of the confusable characters of UTS 39 only these apply:
// 0 o, 1 i l, rn m, vv w, cl d. The digits that people write for letters (2 z, 3 e, 4 a, 5 s, 6 b, 7 t, 8 b, 9 g) and
// doubled letters are added. Names and the words of the lists are compared by such skeletons.

const lookAlike: ReadonlyMap<string, string> = new Map(
  ['il', '0o', '1l', '2z', '3e', '4a', '5s', '6b', '7t', '8b', '9g'].map(([one = '', other = '']) => [
    one,
    other,
  ]),
)

/** Reserved as a whole, as a part between marks, and put together with each other. */
const strong = words(`
  bahi npci upi ifsc rbi reservebank sebi irdai uidai aadhaar epfo gst gstn cbdt cbic tds incometax taxrefund customs
  gov govt government sarkar ministry police cybercell cybercrime cyberpolice cyber court supremecourt highcourt cbi
  enforcement pmcares narcotics trai dot telecom electricity
  sbi statebank hdfc icici axisbank kotakbank pnb punjabnational bankofbaroda bankofindia canarabank unionbank
  indianbank idbi idfc indusind yesbank rblbank federalbank bandhan iob uco centralbank aubank dbsbank hsbc citibank
  paytm phonepe phonepay fonepe fonepay googlepay gpay bhimupi bhimapp amazonpay whatsapp
  mobikwik freecharge razorpay billdesk cashfree payu
  cred groww zerodha upstox navi flipkart amazon swiggy zomato irctc licofindia airtel bsnl jiomart
  admin administrator root system security official staff operator auditor bank banking treasury kyc support help
  helpdesk helpline care customercare customerservice service refund refunds cashback verify verification alert alerts
  noreply merchant settlement reward rewards lottery jackpot`)

/** Common words and people's names too: reserved as a whole, and put together with words of the lists. */
const alone = words(`
  bhim axis kotak yes bob boi canara union federal indian central karnataka kerala tata jio vodafone lic google meta
  apple microsoft uber ola myntra meesho post railway railways passport visa mastercard rupay`)

/** Never reserved by themselves, only between others: `the.bahi.app`. */
const fillers = words(
  `the my app apps pay pays payment payments india in of for team online desk line center centre care manager officer
  branch office head update ltd limited delhi mumbai kolkata chennai bengaluru bangalore hyderabad pune`,
)

/** So unlike a person's name that they are reserved anywhere in a name. */
const anywhere = words(`
  paytm phonepe phonepay fonepay googlepay amazonpay bhimupi
  hdfcbank icicibank sbibank axisbank kotakbank yesbank npciupi incometax
  cyberpolice cybercrime cybercell customercare customersupport customerservice helpdesk helpline reservebank
  statebank bahibank bahisupport bahipay refunddesk`)

/** Whether payers could take this name for somebody it is not. @param name the part before the `@`, normalised */
export function isReservedName(name: string): boolean {
  const parts = name.split(/[._-]/)
  if (parts.some((part) => looks(part).some((look) => strong.has(look)))) return true
  return looks(parts.join('')).some(
    (look) => strong.has(look) || alone.has(look) || isMadeOfWords(look) || holdsAnywhere(look),
  )
}

/**
 * How a name looks, and how it looks without the digits that may only make it free; each with `cl` as it is written and
 * as a `d`.
 */
function looks(name: string): string[] {
  return [name, name.replace(/[0-9]+/g, '')]
    .flatMap((text) => [skeleton(text), skeleton(text.replaceAll('cl', 'd'))])
    .filter((look) => look !== '')
}

function skeleton(name: string): string {
  return name
    .toLowerCase()
    .replace(/[0-9i]/g, (character) => lookAlike.get(character) ?? character)
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replace(/(.)\1+/g, '$1')
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/).map(skeleton))
}

function holdsAnywhere(look: string): boolean {
  return [...anywhere].some((word) => look.includes(word))
}

/** Whether it is nothing but words of the lists, at least one of them not a filler. */
function isMadeOfWords(look: string): boolean {
  // By length of the beginning: whether it is made of words, and whether one of them is no filler.
  const made: ('words' | 'fillers' | undefined)[] = ['fillers']
  for (let end = 1; end <= look.length; end++) {
    for (let start = 0; start < end; start++) {
      const before = made[start]
      if (before === undefined || made[end] === 'words') continue
      const word = look.slice(start, end)
      if (strong.has(word) || alone.has(word)) made[end] = 'words'
      else if (fillers.has(word)) made[end] = before
    }
  }
  return made[look.length] === 'words'
}
