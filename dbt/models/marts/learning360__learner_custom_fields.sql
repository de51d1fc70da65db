{{ mart(key=['user_id']) }}
-- The columns depend on the account, so they are read when the model is built: first those of fields with a role, as many
-- as a table may have.
{%- set fields = [] %}
{%- if execute %}
    {%- set relation = adapter.get_relation(ref('int_learning360__custom_fields').database, ref('int_learning360__custom_fields').schema, ref('int_learning360__custom_fields').identifier) %}
    {%- if relation %}
        {%- set fields = run_query(
            "select column_name, case when count(distinct data_type) = 1 then min(data_type) else 'text' end as data_type from " ~ relation
            ~ " group by column_name order by min(case when role is null then 1 else 0 end), min(position), column_name"
        ).rows %}
    {%- endif %}
{%- endif %}
{%- set selected = ['users.source_relation', 'users.user_id'] %}
{%- for name, type in fields[:most_columns() or fields | length] %}
    {%- set value = "max(case when fields.column_name = " ~ literal(name) ~ " then filled.value end)" %}
    {%- do selected.append((day_of_text(value) if type == 'date' else value) ~ ' as ' ~ adapter.quote(name)) %}
{%- endfor %}
-- {{ ref('int_learning360__custom_fields') }}
select
    {{ selected | join(',\n    ') }}
from {{ ref('stg_learning360__users') }} as users
left join {{ ref('stg_learning360__user_custom_field_values') }} as filled
    on users.source_relation = filled.source_relation and users.user_id = filled.user_id
left join {{ ref('int_learning360__custom_fields') }} as fields
    on filled.source_relation = fields.source_relation and filled.custom_field_id = fields.custom_field_id
group by users.source_relation, users.user_id
