import { Button } from 'antd'
import { Link } from 'react-router'
import { useMay } from '@/kit/actor'
import { Loaded } from '@/kit/faces'
import { count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { useTemplates } from '../queries'
import type { Template } from '../wire'
import { segmentWords } from '../words'

/** Segments ready to be taken, group by group, with what each would count today. */
export function Templates() {
  const query = useTemplates()
  return (
    <Loaded query={query}>
      {(templates) => (
        <div className="lk-stack">
          {[...new Set(templates.map((one) => one.group))].map((group) => (
            <Panel key={group} title={group}>
              <div className="seg-cards">
                {templates
                  .filter((one) => one.group === group)
                  .map((one) => (
                    <TemplateCard key={one.key} template={one} />
                  ))}
              </div>
            </Panel>
          ))}
        </div>
      )}
    </Loaded>
  )
}

function TemplateCard({ template }: { template: Template }) {
  const words = useWords(segmentWords)
  const may = useMay('segment.edit')
  const [made] = template.taken
  return (
    <article className="seg-card">
      <header>
        <strong>{template.name}</strong>
        <span className="seg-card-size">
          {template.customers === null ? '—' : words.people(count(template.customers))}
        </span>
      </header>
      <p>{template.meaning}</p>
      {template.fault ? <p className="seg-fault">{template.fault}</p> : <p className="seg-says">{template.sentence}</p>}
      <ul>
        {template.strategy.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <footer>
        {made !== undefined && (
          <Link to={`/segments/${made}`}>
            <Button size="small">{words.openSegment}</Button>
          </Link>
        )}
        {may && (
          <Link to={`/segments/new?template=${template.key}`}>
            <Button size="small" type={made === undefined ? 'primary' : 'default'} disabled={template.fault !== ''}>
              {words.useTemplate}
            </Button>
          </Link>
        )}
      </footer>
    </article>
  )
}
