{#- A text of `vars` as an SQL literal. -#}
{% macro literal(text) %}{{ return("'" ~ (text | string).replace("'", "''") ~ "'") }}{% endmacro %}

{#- The label of a group; never NULL. -#}
{% macro known(expression) %}{{ return('coalesce(' ~ expression ~ ', ' ~ literal(var('unknown_label')) ~ ')') }}{% endmacro %}

{#- True if an id or a name is in a list of `vars`; false for an empty list. -#}
{% macro listed(columns, names) %}
{%- set names = [names] if names is string else names %}
{%- if not names %}{{ return('false') }}{% endif %}
{%- set literals = [] %}
{%- for name in names %}{% do literals.append(literal(name)) %}{% endfor %}
{%- set tests = [] %}
{%- for column in columns %}{% do tests.append('coalesce(' ~ column ~ ' in (' ~ literals | join(', ') ~ '), false)') %}{% endfor %}
{{- return('(' ~ tests | join(' or ') ~ ')') }}
{% endmacro %}

{#- Letters, digits and _ of a name: `Secteur d'activité` is secteur_d_activite. Empty if nothing is left. -#}
{% macro slug(expression) %}
{%- set marked = 'ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿ' %}
{%- set plain = 'aaaaaaceeeeiiiinooooouuuuyaaaaaaceeeeiiiinooooouuuuyy' %}
{%- set text = "replace(replace(" ~ expression ~ ", 'œ', 'oe'), 'Œ', 'oe')" %}
{%- set text = "lower(translate(" ~ text ~ ", '" ~ marked ~ "', '" ~ plain ~ "'))" %}
{{- return("trim(both '_' from substr(regexp_replace(" ~ text ~ ", '[^a-z0-9]+', '_', 'g'), 1, 30))") }}
{% endmacro %}

{#- A text of 1 to 9 digits as a number, else NULL. -#}
{% macro whole_number(expression) %}
{{- return("case when " ~ matches(expression, '^[0-9]{1,9}$') ~ " then cast(" ~ expression ~ " as bigint) end") }}
{% endmacro %}

{#- A text such as 4, 4.5 or 4,5 in hundredths, rounded half up, else NULL. -#}
{% macro hundredths(expression) %}
{{- return("case when " ~ matches(expression, '^[0-9]{1,9}([.,][0-9]{1,6})?$') ~ " then cast(round(cast(replace(" ~ expression ~ ", ',', '.') as numeric(18, 6)) * 100) as bigint) end") }}
{% endmacro %}

{% macro matches(expression, pattern) %}{{ return(adapter.dispatch('matches')(expression, pattern)) }}{% endmacro %}

{% macro default__matches(expression, pattern) %}{{ return("(" ~ expression ~ " ~ '" ~ pattern ~ "')") }}{% endmacro %}

{% macro duckdb__matches(expression, pattern) %}{{ return("regexp_matches(" ~ expression ~ ", '" ~ pattern ~ "')") }}{% endmacro %}

{#- `vars: custom_fields` as rows: role, field, preference. -#}
{% macro role_rows() %}
{%- for role, fields in var('custom_fields').items() %}
{%- for field in ([fields] if fields is string else fields) %}
select {{ literal(role) }} as role, {{ literal(field) }} as field, {{ loop.index }} as preference
union all
{%- endfor %}
{%- endfor %}
select cast(null as text), cast(null as text), 0 where false
{% endmacro %}
