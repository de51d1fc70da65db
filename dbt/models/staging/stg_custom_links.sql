{{ stage('custom_links', key=['_id'], columns=[
    ['_id', 'custom_link_id', 'text'],
    ['name', 'name', 'text'],
    ['order', 'position', 'integer'],
    ['type', 'code', 'text'],
    ['iconName', 'icon_name', 'text'],
]) }}
