/** The customers of a fictional company that rents out workshop machines, and the store that holds them in memory. */

export const plans = ['starter', 'team', 'business'] as const
export type Plan = (typeof plans)[number]

export interface Customer {
  readonly id: string
  readonly name: string
  readonly company: string
  readonly email: string
  readonly city: string
  readonly country: string
  readonly plan: Plan
  /** Monthly revenue in whole euros. */
  readonly monthly_revenue: number
  readonly created_at: string
}

export interface Note {
  readonly id: string
  readonly customer_id: string
  readonly author: string
  readonly text: string
  readonly created_at: string
}

export type CustomerFields = Pick<Customer, 'name' | 'company' | 'email' | 'city' | 'country' | 'plan' | 'monthly_revenue'>

const seed = `
Ada Okafor|Lumen Works|Lagos|NG|business|1840
Mateo Rivas|Rivas & Hijos|Valencia|ES|team|420
Ingrid Solberg|Fjordlys|Bergen|NO|business|2210
Tomasz Zielinski|Zielinski Meble|Poznan|PL|starter|60
Leila Haddad|Cedar & Salt|Beirut|LB|team|380
Noah van Dijk|Dijk Waterworks|Utrecht|NL|business|3120
Priya Raman|Monsoon Looms|Chennai|IN|team|510
Camille Laurent|Atelier Laurent|Lyon|FR|team|295
Jonas Keller|Keller Uhren|Basel|CH|business|2750
Mei-Ling Chen|Paper Kite Press|Taipei|TW|starter|75
Oliver Grant|Grant Boatyard|Falmouth|GB|team|640
Sofia Marchetti|Officina Marchetti|Turin|IT|business|1980
Emeka Nwosu|Nwosu Solar|Enugu|NG|team|465
Hanna Virtanen|Havu Saunas|Tampere|FI|starter|90
Diego Fuentes|Andes Optics|Santiago|CL|business|1675
Aoife Brennan|Brennan Harps|Galway|IE|starter|55
Yusuf Demir|Demir Cast Iron|Izmir|TR|team|530
Clara Hoffmann|Hoffmann Orgelbau|Leipzig|DE|business|2420
Ravi Menon|Backwater Boats|Kochi|IN|team|345
Elsa Lindqvist|Norrsken Glas|Umea|SE|team|410
Lucas Moreau|Moulin Moreau|Namur|BE|starter|80
Fatima Zahra Idrissi|Atlas Tannery|Fes|MA|team|375
George Papadakis|Papadakis Olive|Chania|GR|starter|65
Wanjiru Kamau|Kamau Roasters|Nairobi|KE|business|1520
Henrik Dahl|Dahl Skibsmotor|Aalborg|DK|business|2890
Beatriz Antunes|Azul Tiles|Porto|PT|team|455
Kenji Morita|Morita Blades|Sakai|JP|business|3340
Olga Petrenko|Dnipro Ceramics|Kyiv|UA|starter|70
Samuel Osei|Osei Percussion|Kumasi|GH|starter|50
Nadia Benali|Jasmin Distillers|Tunis|TN|team|330
Peter Novak|Novak Sklo|Brno|CZ|team|495
Isla Campbell|Campbell Tweed|Stornoway|GB|starter|85
Thiago Barbosa|Barbosa Surf|Florianopolis|BR|team|360
Maria Kowalczyk|Bursztyn Gdansk|Gdansk|PL|business|1430
Andre Tremblay|Erable Tremblay|Quebec|CA|team|520
Zeynep Aksoy|Aksoy Ceramics|Kutahya|TR|starter|45
Liam Walker|Walker Windmills|Hobart|AU|business|2050
Amara Diallo|Teranga Textiles|Dakar|SN|team|400
Sven Eriksson|Eriksson Verkstad|Malmo|SE|business|1795
Rosa Jimenez|Jimenez Guitars|Granada|ES|team|475
`

const slug = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z]+/g, '-')
    .replace(/^-|-$/g, '')
const numbered = (prefix: string, number: number) => `${prefix}_${String(number).padStart(4, '0')}`
const firstDay = Date.UTC(2024, 0, 8, 9)
const day = 86_400_000

function parseSeed(): Customer[] {
  return seed
    .trim()
    .split('\n')
    .map((line, index) => {
      const [name = '', company = '', city = '', country = '', plan = '', revenue = ''] = line.split('|')
      const found = plans.find((candidate) => candidate === plan)
      if (found === undefined) throw new Error(`seed line ${index + 1} has no plan`)
      return {
        id: numbered('cus', index + 1),
        name,
        company,
        email: `${slug(name)}@${slug(company)}.example`,
        city,
        country,
        plan: found,
        monthly_revenue: Number(revenue),
        created_at: new Date(firstDay + index * 17 * day).toISOString(),
      }
    })
}

export interface CustomerPage {
  readonly items: readonly Customer[]
  readonly total: number
  readonly next_cursor: string | null
}

/** Everything in memory, the same at every start. */
export class CustomerStore {
  readonly #customers = new Map(parseSeed().map((customer) => [customer.id, customer]))
  readonly #notes: Note[] = [
    {
      id: 'note_0001',
      customer_id: 'cus_0001',
      author: 'Support',
      text: 'Asked for a second lathe from March on.',
      created_at: '2026-01-12T10:30:00.000Z',
    },
  ]
  #made = this.#customers.size

  /** Customers whose name, company, email or city contains the text, oldest first. `cursor` is the id to continue after. */
  search(query: string, limit: number, cursor?: string): CustomerPage {
    const text = query.toLowerCase()
    const found = [...this.#customers.values()].filter(({ name, company, email, city }) =>
      [name, company, email, city].some((field) => field.toLowerCase().includes(text)),
    )
    const start = cursor === undefined ? 0 : found.findIndex(({ id }) => id > cursor)
    const items = start === -1 ? [] : found.slice(start, start + limit)
    const last = items.at(-1)
    const more = last !== undefined && last !== found.at(-1)
    return { items, total: found.length, next_cursor: more ? last.id : null }
  }

  get(id: string): Customer | undefined {
    return this.#customers.get(id)
  }

  create(fields: CustomerFields): Customer {
    this.#made += 1
    const customer = { id: numbered('cus', this.#made), ...fields, created_at: new Date().toISOString() }
    this.#customers.set(customer.id, customer)
    return customer
  }

  update(id: string, fields: Partial<CustomerFields>): Customer | undefined {
    const before = this.#customers.get(id)
    if (before === undefined) return undefined
    const after = { ...before, ...fields }
    this.#customers.set(id, after)
    return after
  }

  remove(id: string): boolean {
    return this.#customers.delete(id)
  }

  account(): { readonly company: string; readonly customers: number; readonly monthly_revenue: number } {
    const customers = [...this.#customers.values()]
    const revenue = customers.reduce((sum, { monthly_revenue }) => sum + monthly_revenue, 0)
    return { company: 'Treadle & Lathe', customers: customers.length, monthly_revenue: revenue }
  }

  /** On any customer, newest first. */
  recentNotes(limit: number): readonly Note[] {
    return this.#notes.toReversed().slice(0, limit)
  }

  notes(customerId: string): readonly Note[] {
    return this.#notes.filter(({ customer_id }) => customer_id === customerId)
  }

  addNote(customerId: string, text: string, author: string): Note {
    const note = {
      id: numbered('note', this.#notes.length + 1),
      customer_id: customerId,
      author,
      text,
      created_at: new Date().toISOString(),
    }
    this.#notes.push(note)
    return note
  }
}
