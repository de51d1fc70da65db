{{ stage('tags', key=['_id'], columns=[
    ['_id', 'tag_id', 'text'],
    ['isMain', 'is_main', 'boolean'],
    ['name', 'name', 'text'],
    ['externalId', 'source_external_id', 'text'],
    ['source', 'source', 'text'],
]) }}
