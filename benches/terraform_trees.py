"""Terraform to measure on, for `benches/compare --terraform`: written anew for each run."""

ROOTS = 20
KEYS = 1000
DEPTH = 10

# Of each root module: so many of its files are plain, and so many modules are called by one of these.
FILES_PER_ROOT = 49
CALLS_PER_ROOT = 10


def wide(folder, parts=1):
    """1,000 files, 200 calls of modules and 5,800 resources; or one part of these."""
    roots = ROOTS // parts
    calls = max(CALLS_PER_ROOT * roots // ROOTS, 1)
    modules = folder / "modules"
    for number in range(calls):
        write(modules / f"store{number}" / "main.tf", store())
    for root in range(roots):
        for number in range(FILES_PER_ROOT):
            called = number % calls if number < CALLS_PER_ROOT else None
            write(folder / f"service{root}" / f"part{number}.tf", part(number, called))
    extra = ROOTS // parts * 50 - roots * FILES_PER_ROOT - calls
    for number in range(extra):
        write(folder / f"service{number % roots}" / f"variables{number}.tf", 'variable "extra_%d" { default = %d }\n' % (number, number))
    return folder


def part(number, called):
    text = [
        'variable "name_%d" {\n  type    = string\n  default = "part-%d"\n}\n' % (number, number),
        'locals {\n  size_%d = "${var.name_%d}-large"\n}\n' % (number, number),
    ]
    for worker in range(5):
        text.append(
            f"""resource "aws_instance" "worker_{number}_{worker}" {{
  ami           = "ami-0a1b2c3d"
  instance_type = local.size_{number}

  metadata_options {{
    http_tokens = "required"
  }}

  root_block_device {{
    encrypted = {"true" if worker else "false"}
  }}

  tags = {{
    Name  = "${{var.name_{number}}}-{worker}"
    Stage = "test"
  }}
}}
"""
        )
    if called is not None:
        text.append(
            f"""module "store_{number}" {{
  source = "../modules/store{called}"
  name   = "${{var.name_{number}}}-store"
  open   = {"true" if number % 2 else "false"}
}}
"""
        )
    return "\n".join(text)


def store():
    return """variable "name" {
  type = string
}

variable "open" {
  type    = bool
  default = false
}

resource "aws_s3_bucket" "this" {
  bucket = var.name
  acl    = var.open ? "public-read" : "private"

  versioning {
    enabled = !var.open
  }
}

resource "aws_security_group" "this" {
  name = "${var.name}-clients"

  dynamic "ingress" {
    for_each = var.open ? [443, 8443] : [443]
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = [var.open ? "0.0.0.0/0" : "10.0.0.0/8"]
    }
  }
}

output "id" {
  value = aws_s3_bucket.this.id
}
"""


def chain(folder):
    """10 modules, each called by the one before, below a `for_each` over 1,000 keys."""
    keys = "locals {\n  shops = { for number in range(%d) : \"shop-${number}\" => { name = \"shop-${number}\", size = number } }\n}\n" % KEYS
    call = 'module "level0" {\n  source   = "./level0"\n  for_each = local.shops\n  name     = each.key\n  shop     = each.value\n}\n'
    write(folder / "main.tf", keys + "\n" + call)
    for level in range(DEPTH):
        write(folder / f"level{level}" / "main.tf", link(level, level + 1 < DEPTH))
    return folder


def link(level, is_inner):
    text = """variable "name" {
  type = string
}

variable "shop" {
  type = object({ name = string, size = number, level = optional(number, 0) })
}

locals {
  tags = { Name = var.name, Size = var.shop.size }
}

resource "aws_s3_bucket" "shop" {
  bucket = "bucket-${var.name}"
  tags   = merge(local.tags, { Level = var.shop.level })

  versioning {
    enabled = var.shop.size > 10
  }
}

resource "aws_s3_bucket_policy" "shop" {
  bucket = aws_s3_bucket.shop.id
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = aws_s3_bucket.shop.arn }] })
}
"""
    if is_inner:
        text += (
            '\nmodule "next" {\n  source = "../level%d"\n  name   = "${var.name}-%d"\n'
            "  shop   = merge(var.shop, { level = %d })\n}\n" % (level + 1, level, level + 1)
        )
    return text


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
