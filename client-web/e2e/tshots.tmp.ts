import { createServer } from 'node:http';
import { once } from 'node:events';
import { DESKTOP, launch, open, PHONE, lookAt, text } from './page';
import { Server } from './server';
import { encodeCells } from '../src/core/template/encode';
const P = ['#ffffff','#e4e4e4','#888888','#222222','#ffa7d1','#e50009','#e59500','#a06a42','#e5d900','#94e044','#02be01','#00d3dd','#0083c7','#0000ea','#cf6ee4','#820080'];
const W=48,H=32; const idx=new Uint8Array(W*H);
for(let y=0;y<H;y++)for(let x=0;x<W;x++){const d=Math.hypot(x-W/2,y-H/2);idx[y*W+x]=d>16?255:d>13?3:d>8?5:d>4?8:(x+y)%3?13:11;}
const png=Buffer.from(await encodeCells({width:W,height:H,indices:idx},P));
const web=createServer((q,a)=>{a.writeHead(200,{'Content-Type':'image/png','Access-Control-Allow-Origin':'*'});a.end(png);}).listen(0,'127.0.0.1');
await once(web,'listening');
const origin=`http://127.0.0.1:${(web.address() as any).port}`;
const server=await Server.start('--template-sources',origin);
for(let i=0;i<60;i++) await server.edit(500+20+i%9,300+12+Math.floor(i/9), i%4?13:2);
const b=await launch();
const sizes:Record<string,object>={desktop:DESKTOP,phone:PHONE,small:{...PHONE,viewport:{width:320,height:568},deviceScaleFactor:2},side:{...PHONE,viewport:{width:844,height:390}}};
const only=process.argv[2];
for(const [n,o] of Object.entries(sizes)) for (const scheme of ['light','dark'] as const){
  if(scheme==='dark'&&(n==='side'||n==='small')) continue;
  const c=await b.newContext({...o,colorScheme:scheme}); const p=await open(c,`${server.url}#template=${encodeURIComponent(origin+'/x.png')}&ox=500&oy=300&title=Our+flag`);
  await text(p,'#template .title','Our flag'); await p.waitForTimeout(900);
  const s=(k:string)=>p.screenshot({path:`/tmp/ts/${n}-${scheme}-${k}.png`});
  await s('1peek');
  await p.locator('#template .open').click(); await p.waitForTimeout(300); await s('2panel');
  await p.getByLabel('Symbols').check({force:true}); await lookAt(p,524,316,n==='desktop'?28:20); await p.waitForTimeout(500); await s('3symbols');
  await p.getByRole('button',{name:'Close'}).first().click().catch(()=>{}); 
  await p.locator('#template .next').click(); await p.waitForTimeout(900); await s('4next');
  await p.locator('#template .open').click(); await p.waitForTimeout(500); await s('dbg'); await p.getByRole('button',{name:'Move',exact:true}).click(); await p.waitForTimeout(300); await s('5move');
  await p.getByRole('button',{name:'Done'}).click(); 
  await p.keyboard.press('t'); await p.keyboard.press('t');
  await p.locator('#template .open').click(); await p.getByRole('button',{name:'Add a template'}).click(); await p.waitForTimeout(300); await s('6add');
  await p.locator('#template-add input[type=file]').setInputFiles({name:'flag.png',mimeType:'image/png',buffer:png}); await p.waitForTimeout(900); await s('7draft');
  await c.close();
}
await b.close(); await server.remove(); web.close(); process.exit(0);
