import { useAddress } from '@/kit/address'
import { useWords } from '@/kit/lang'
import { filterNames, viewOf, views } from '../views'
import { customerWords } from '../words'

/** Ready-made views as quiet chips; the chosen one is an address like any other. */
export function Views() {
  const words = useWords(customerWords)
  const [address, change] = useAddress()
  const chosen = viewOf(address)
  const choose = (wanted: Record<string, string>) =>
    change(Object.fromEntries(filterNames.map((name) => [name, wanted[name]])))
  return (
    <div className="lk-chips" role="tablist" aria-label={words.views}>
      {views.map((view) => (
        <button
          key={view.key}
          type="button"
          role="tab"
          aria-selected={view.key === chosen}
          className={`lk-chip${view.key === chosen ? ' lk-chip-on' : ''}`}
          onClick={() => choose(view.address)}
        >
          {words.viewNames[view.key]}
        </button>
      ))}
    </div>
  )
}
