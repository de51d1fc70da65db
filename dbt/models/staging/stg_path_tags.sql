{{ stage('path_tags', key=['pathId', 'tagId'], columns=[
    ['pathId', 'path_id', 'text'],
    ['tagId', 'tag_id', 'text'],
    ['source', 'source', 'text'],
]) }}
